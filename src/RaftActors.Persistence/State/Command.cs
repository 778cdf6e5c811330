using System.Collections.Immutable;

namespace RaftActors.Persistence.State;

/// <summary>A change of the events or snapshots of one persistence id, which is the key of the pair.</summary>
internal abstract record Command
{
    private Command()
    {
    }

    /// <summary>Appends events, all or none.</summary>
    /// <param name="Writer">The id of the incarnation of the persistent actor.</param>
    /// <param name="IsFirst">The group has accepted no earlier write of this writer.</param>
    /// <param name="After">
    /// The highest sequence number that this writer knows to be in the journal. The first event has a higher one.
    /// </param>
    public sealed record Write(string Writer, bool IsFirst, long After, ImmutableArray<StoredEvent> Events) : Command;

    /// <summary>
    /// Writes of several persistence ids. Each is done or refused by itself. The key of the pair is the id of the first one.
    /// </summary>
    public sealed record Batch(ImmutableArray<(string Id, Write Write)> Writes) : Command;

    /// <summary>Deletes the events up to a sequence number.</summary>
    public sealed record DeleteEvents(long To) : Command;

    /// <summary>Saves a snapshot, in place of one with the same sequence number.</summary>
    public sealed record SaveSnapshot(StoredSnapshot Snapshot) : Command;

    /// <summary>Deletes the snapshots within these bounds.</summary>
    public sealed record DeleteSnapshots(SnapshotBounds Bounds) : Command;
}

/// <summary>An event as the log has it. Only the plugin knows the content of its bytes.</summary>
internal readonly record struct StoredEvent(long SequenceNr, byte[] Bytes);

/// <summary>A snapshot as the log has it.</summary>
/// <param name="Ticks">Its time in UTC, as Akka.NET gave it.</param>
internal readonly record struct StoredSnapshot(long SequenceNr, long Ticks, byte[] Bytes);

/// <summary>The bounds of a selection of snapshots. All of them are included.</summary>
internal readonly record struct SnapshotBounds(long MinSequenceNr, long MaxSequenceNr, long MinTicks, long MaxTicks)
{
    public bool Contains(long sequenceNr, long ticks) =>
        sequenceNr >= MinSequenceNr && sequenceNr <= MaxSequenceNr && ticks >= MinTicks && ticks <= MaxTicks;
}
