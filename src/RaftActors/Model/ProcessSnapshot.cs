using RaftActors.Core;

namespace RaftActors;

/// <summary>The latest snapshot of one process, which is durable. See <see cref="RaftClient.TakeSnapshotAsync"/>.</summary>
public sealed record ProcessSnapshot
{
    internal ProcessSnapshot(ProcessName process, Serial serial, LogIndex index, long sizeBytes) =>
        (Process, Serial, Index, SizeBytes) = (process, serial, index, sizeBytes);

    /// <summary>The last serial that the snapshot covers.</summary>
    public Serial Serial { get; }

    internal ProcessName Process { get; }

    /// <summary>The last index of the log that the snapshot covers.</summary>
    internal LogIndex Index { get; }

    /// <summary>The bytes of the state, and of the results that are kept for repeats.</summary>
    public long SizeBytes { get; }
}
