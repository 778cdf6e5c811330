namespace RaftActors;

/// <summary>What RaftActors throws to applications. Its kinds derive from it.</summary>
public class RaftException : Exception
{
    /// <summary>Creates the exception of a call that failed.</summary>
    /// <param name="failure">Its text is the message.</param>
    public RaftException(RaftFailure failure)
        : base(failure?.ToString()) => Failure = failure;

    /// <summary>Creates an exception that no call ends with.</summary>
    /// <param name="message">What happened, why, and what to do.</param>
    /// <param name="cause">The exception behind it; null: there is none.</param>
    protected RaftException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Why the call failed; null: no call did.</summary>
    public RaftFailure? Failure { get; }

    /// <summary>Of a subscription to discarded pairs: the first serial that the log of the group has. Null otherwise.</summary>
    public Serial? FirstKept { get; private init; }

    internal static RaftException Unavailable(string detail) => new(RaftFailure.NotDone(FailureReason.Unavailable, detail));

    internal static RaftException Compacted(Serial serial, Serial firstKept) => new(RaftFailure.NotDone(
        FailureReason.Compacted,
        $"Serial {serial} was discarded, because a snapshot covers it. The first kept serial is {firstKept}. Query the state of the actors "
            + "instead, or raise raft.snapshot.retained-entries."))
    {
        FirstKept = firstKept,
    };
}
