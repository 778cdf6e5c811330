namespace RaftActors;

/// <summary>
/// A pair was discarded, because a snapshot covers it. To go on, ask the actors for their state, and subscribe after its serial.
/// </summary>
public sealed class RaftCompactedException : RaftException
{
    internal RaftCompactedException(Serial serial, Serial firstKept)
        : base($"Serial {serial} was discarded, because a snapshot covers it. The first kept serial is {firstKept}. Query the state of the "
            + "actors instead, or raise raft.snapshot.retained-entries.") => (Serial, FirstKept) = (serial, firstKept);

    internal Serial Serial { get; }

    internal Serial FirstKept { get; }
}
