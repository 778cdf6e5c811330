using RaftActors.Core;

namespace RaftActors.Cli.Plan;

/// <summary>One group, its machines and its settings: the input of <see cref="CapacityModel"/>.</summary>
internal sealed record Workload
{
    /// <summary>The processes of the group, the learners included.</summary>
    public int Members { get; init; } = 3;

    /// <summary><c>raft.quorum.max</c>.</summary>
    public int VotersMax { get; init; } = QuorumSize.Max;

    /// <summary>Bytes of a key and its value.</summary>
    public long PayloadBytes { get; init; } = 256;

    /// <summary>Appends a second. Ignored if <see cref="Callers"/> is set.</summary>
    public double Rate { get; init; } = 1000;

    /// <summary>Callers that wait for the outcome of each Append before the next one. Null: calls come at <see cref="Rate"/>.</summary>
    public int? Callers { get; init; }

    /// <summary>The callers are on other nodes than the leader.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>The median of a synced write. Zero: the store is in memory.</summary>
    public TimeSpan Sync { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The 99th percentile of a synced write, not below <see cref="Sync"/>.</summary>
    public TimeSpan SyncMost { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Bytes a second that the disk writes.</summary>
    public double DiskRate { get; init; } = 200e6;

    /// <summary>A round trip between two nodes.</summary>
    public TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Bytes a second that a node sends.</summary>
    public double Bandwidth { get; init; } = 125e6;

    /// <summary>Processors of the leader's node.</summary>
    public double Cores { get; init; } = 2;

    /// <summary>All members and callers share these processors, as in a benchmark on one machine.</summary>
    public bool IsOneMachine { get; init; }

    /// <summary>The bytes of a snapshot. Zero: the actor takes none.</summary>
    public long StateBytes { get; init; }

    /// <summary><c>raft.snapshot.after-entries</c>.</summary>
    public long SnapshotEntries { get; init; } = 10_000;

    /// <summary><c>raft.snapshot.after-bytes</c>.</summary>
    public long SnapshotBytes { get; init; } = 16_000_000;

    /// <summary><c>raft.snapshot.retained-entries</c>.</summary>
    public long RetainedEntries { get; init; } = 1000;

    /// <summary><c>raft.store.segment-size</c>.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary><c>raft.store.free-space-floor</c>.</summary>
    public long FreeSpaceFloor { get; init; } = 256 << 20;

    /// <summary><c>raft.log-memory-max</c>.</summary>
    public long LogMemory { get; init; } = 64_000_000;

    /// <summary><c>raft.in-flight.size-max</c>.</summary>
    public long InFlight { get; init; } = 4_000_000;

    /// <summary><c>raft.tick-interval</c>.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary><c>raft.heartbeat-interval</c>.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary><c>raft.election-timeout.min</c>.</summary>
    public TimeSpan ElectionMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>raft.election-timeout.max</c>.</summary>
    public TimeSpan ElectionMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The members that vote.</summary>
    public int Voters => QuorumSize.For(Members, VotersMax);

    /// <summary>The members that the leader sends entries to.</summary>
    public int Others => Members - 1;
}
