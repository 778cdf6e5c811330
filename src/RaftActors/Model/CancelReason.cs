namespace RaftActors;

/// <summary>Why an Append, a Get or a Query ended without success. A closed set of types.</summary>
public abstract record CancelReason
{
    private CancelReason()
    {
    }

    /// <summary>Of an Append: the pair is not in the log and never will be. A retry is safe.</summary>
    /// <param name="Reason">The cause.</param>
    /// <param name="Detail">
    /// The cause with its values, as text for people. The text that HandleProposal returned, if it discarded the
    /// pair.
    /// </param>
    public sealed record NotCommitted(NotCommittedReason Reason, string Detail) : CancelReason
    {
        internal static NotCommitted OfStoppedEngine(string? failure) => new(
            NotCommittedReason.Stopped,
            failure is null
                ? "The engine of this process has stopped. Restart its node."
                : $"Restart the node: the engine of this process has stopped, because its store failed: {failure}");
    }

    /// <summary>
    /// Of an Append: the pair may have reached a leader. It is committed already, will be, or never will. If it is committed,
    /// HandleAppend or a snapshot still delivers it. A retry may append it twice, unless both calls have the same
    /// <see cref="RequestKey"/>.
    /// </summary>
    /// <param name="Reason">The cause.</param>
    public sealed record Unknown(UnknownReason Reason) : CancelReason;

    /// <summary>
    /// Of a Get: no process in reach had the pair in time. Of a Query: no leader confirmed the commit index in time. Of both: the
    /// engine of this process has stopped. A retry is safe.
    /// </summary>
    public sealed record Unavailable : CancelReason;

    /// <summary>
    /// Of a Get: the pair was discarded, because a snapshot covers it (<see cref="IRaftSnapshot{TState}"/>). An actor that lacks the
    /// pair receives the snapshot.
    /// </summary>
    public sealed record Compacted : CancelReason;

    /// <summary>
    /// Of a Get: the pair was delivered to this life of the actor before, and each pair is delivered once. Use
    /// <see cref="RaftContext{TValue}.Read"/> to see it again.
    /// </summary>
    public sealed record AlreadyDelivered : CancelReason;
}
