namespace RaftActors;

/// <summary>
/// A pair was discarded, because a snapshot covers it. To go on, ask the actors for their state, and subscribe after its serial.
/// </summary>
public sealed class RaftCompactedException : RaftException
{
    internal RaftCompactedException(Serial serial, Serial firstKept)
        : base($"Serial {serial} was discarded, because a snapshot covers it. The first kept serial is {firstKept}. Query the state of the "
            + "actors instead, or raise raft.snapshot.retained-entries.") => (Serial, FirstKept) = (serial, firstKept);

    /// <summary>The serial of the discarded pair.</summary>
    public Serial Serial { get; }

    /// <summary>The first serial that the process still has.</summary>
    public Serial FirstKept { get; }
}
