namespace RaftActors;

/// <summary>
/// The call took effect already, will, or never will. Thrown by <see cref="Outcome{TResult}.OrThrow"/>.
/// </summary>
public sealed class RaftUnknownOutcomeException : RaftException
{
    internal RaftUnknownOutcomeException(UnknownReason reason, RequestRef request)
        : base($"The outcome of request {request} is unknown ({reason}): it may be committed now, later or never. Read the state of the "
            + "group before you repeat it.") => Reason = reason;

    /// <summary>The cause.</summary>
    public UnknownReason Reason { get; }
}
