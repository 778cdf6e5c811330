namespace RaftActors.Wire;

/// <summary>An <see cref="Outcome{TResult}"/> whose result is bytes. Closed.</summary>
internal abstract record OutcomeParts(RequestRef Request)
{
    /// <param name="Result">Null: there is none, or it cannot be written.</param>
    public sealed record Done(RequestRef Request, Serial Serial, ReadOnlyMemory<byte>? Result) : OutcomeParts(Request);

    public sealed record NotCommitted(RequestRef Request, NotCommittedReason Reason, string Detail) : OutcomeParts(Request);

    public sealed record Unknown(RequestRef Request, UnknownReason Reason) : OutcomeParts(Request);
}
