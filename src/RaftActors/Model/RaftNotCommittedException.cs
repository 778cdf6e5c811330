namespace RaftActors;

/// <summary>Nothing was appended or changed. A retry is safe. Thrown by <see cref="Outcome{TResult}.OrThrow"/>.</summary>
public sealed class RaftNotCommittedException : RaftException
{
    internal RaftNotCommittedException(NotCommittedReason reason, string detail, RequestRef request)
        : base($"Request {request} is not committed ({reason}): {detail}") => Reason = reason;

    /// <summary>The cause.</summary>
    public NotCommittedReason Reason { get; }
}
