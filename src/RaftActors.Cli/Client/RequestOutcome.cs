namespace RaftActors.Cli.Client;

/// <summary>The final result of an append or a change. Closed.</summary>
/// <param name="Code">The exit code, unless Ctrl-C ended the request.</param>
/// <param name="Why">Null for a request that was done.</param>
internal abstract record RequestOutcome(int Code, string? Why)
{
    /// <summary>The outcome of a request that Ctrl-C ended before it was sent.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>The message is committed with this serial, which means on the disks of a majority.</summary>
    /// <param name="WasThere">If true, an earlier request with the same id had appended the message.</param>
    public sealed record Committed(long Serial, bool WasThere) : RequestOutcome(ExitCode.Done, Why: null);

    /// <param name="WasBefore">If true, the group was so before, and this command changed nothing.</param>
    public sealed record Done(bool WasBefore = false) : RequestOutcome(ExitCode.Done, Why: null);

    /// <summary>The request changed nothing, and will change nothing later.</summary>
    /// <param name="IsFinal">If true, a retry would be refused too.</param>
    public sealed record NotDone(string Why, bool IsFinal = false) : RequestOutcome(ExitCode.Failed, Why);

    /// <summary>The request may have been done, or may be done later, or never.</summary>
    public sealed record Unknown(string Why) : RequestOutcome(ExitCode.Unknown, Why);
}
