using RaftActors.Storage.Log;

namespace RaftActors.Cli.Plan;

/// <summary>
/// Predicts the Appends of one group, and the disk and memory of each member. An Append takes a round trip and a sync. If the processors
/// need longer to serve all callers, it takes that time. Their costs are fitted to the measurements on the page "Size a cluster".
/// </summary>
internal sealed record GroupModel
{
    // Seconds of an Append without disk and network, for the turns of the engines and of the actor.
    private const double Handling = 15e-6;

    // The ratio of the 99th percentile to the median where the processors decide. It was 2.5 to 4.3 in the measured cells.
    private const double Tail = 3.5;

    // The ratio of the mean to the median, because a few Appends are slow. It was 1.07 to 1.18 in the measured cells.
    private const double Mean = 1.1;

    // The batches of a busy leader in the time of one Append. Each batch has all pairs that wait.
    private const double BatchesPerAppend = 1.4;

    // The defaults of raft.snapshot, raft.store and raft.log-memory-max.
    private const double SnapshotEntries = 10_000;
    private const double SnapshotBytes = 16e6;
    private const double RetainedEntries = 1000;
    private const double SegmentBytes = 64 << 20;
    private const double FreeSpaceFloor = 256 << 20;
    private const double LogMemory = 64e6;

    // Bytes of an entry without its pair in three places: in the log, in the size that makes a snapshot due, and in memory.
    private const int BodyBytes = 48;
    private const int SnapshotEntryBytes = 64;
    private const int EntryInMemory = 200;

    // Members with a larger state take turns, and the log may become twice as long meanwhile.
    private const double SnapshotWithoutTurn = 64 << 20;

    public int Members { get; init; } = 3;

    /// <summary>Bytes of a key and its value.</summary>
    public long PayloadBytes { get; init; } = 256;

    /// <summary>Bytes of a snapshot, or 0 if the actor takes none.</summary>
    public long StateBytes { get; init; }

    /// <summary>The median of a synced write, or 0 for a store in memory.</summary>
    public required TimeSpan Sync { get; init; }

    /// <summary>The 99th percentile of a synced write, not below <see cref="Sync"/>.</summary>
    public required TimeSpan SyncMost { get; init; }

    public TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(0.5);

    /// <summary>The processors that all members and callers share on one machine. Default: each member has a machine of its own.</summary>
    public int? SharedCores { get; init; }

    /// <summary>The most bytes of one Append in the log of each member, which it has alone in its batch.</summary>
    public long LogPerAppend => RecordHeader.Padded(RecordHeader.Size + BodyBytes + PayloadBytes) + BatchHeader.Size;

    /// <summary>Bytes of the log before a snapshot removes them, or null if the log grows without end.</summary>
    public double? LogMost => EntriesKept * LogPerAppend;

    /// <summary>
    /// Bytes of disk of each member, for two snapshots, of which one is being written, for the log, for a segment of which only a part is
    /// needed, for the next segment, and for the free space below which the leader refuses Appends.
    /// </summary>
    public double? Disk => LogMost is { } log
        ? (2.0 * StateBytes) + ((Math.Ceiling(log / SegmentBytes) + 2) * SegmentBytes) + FreeSpaceFloor
        : null;

    public double LogInMemory => Math.Min(LogMemory, EntriesKept * (PayloadBytes + EntryInMemory) ?? LogMemory);

    private double? EntriesKept => StateBytes == 0
        ? null
        : RetainedEntries + (EntriesUntilDue * (Members > 1 && StateBytes >= SnapshotWithoutTurn ? 2 : 1));

    // The entries or bytes of the log make a snapshot due, but not before the log is half as long as the latest snapshot.
    private double EntriesUntilDue => Math.Max(
        Math.Min(SnapshotEntries, Math.Ceiling(SnapshotBytes / Math.Max(1, PayloadBytes))),
        Math.Ceiling(StateBytes / 2.0 / (PayloadBytes + SnapshotEntryBytes)));

    /// <summary>Predicts the Appends of callers that wait for each outcome before their next Append.</summary>
    /// <param name="callers">1 or more.</param>
    public Load At(int callers)
    {
        var (sync, most) = (Sync.TotalSeconds, SyncMost.TotalSeconds);
        var roundTrip = QuorumSize.For(Members, QuorumSize.Max) == 1 ? 0 : RoundTrip.TotalSeconds;

        // On one machine all members compete for its processors. Otherwise the leader decides, because it has the most to do. Its engine
        // takes one turn at a time, so it uses one processor.
        var rivals = SharedCores is null ? 0 : Members - 1;
        var batch = sync > 0 ? 235e-6 + (rivals * 200e-6) : 36e-6 + (rivals * 32e-6);
        var pair = 4e-6 + (rivals * 2e-6) + (PayloadBytes * (4.5e-9 + (rivals * 2.8e-9)));
        var busy = ((Math.Min(callers, BatchesPerAppend) * batch) + (callers * pair)) / (SharedCores ?? 1);

        // An Append that comes while the disk syncs waits for the next sync.
        var waits = callers > 1 ? sync : 0;
        var median = Math.Max(roundTrip + sync + (waits / 2) + Handling + pair, busy);
        var slow = Math.Max(roundTrip + most + waits + (Tail * (Handling + pair)), Tail * busy);
        return new Load(callers, callers / (Mean * median), TimeSpan.FromSeconds(median), TimeSpan.FromSeconds(slow));
    }
}

/// <summary>The Appends of a number of callers. The rate is per second, and the last two are the median and the 99th percentile.</summary>
internal sealed record Load(int Callers, double Rate, TimeSpan Median, TimeSpan Most);
