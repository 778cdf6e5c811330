namespace RaftActors.Storage;

/// <summary>How a directory of stores is kept.</summary>
public sealed record StoreOptions
{
    private const int SegmentSizeMin = 4096;
    private const int SegmentSizeMax = 1 << 30;

    /// <summary>The directory; made if it is missing. One process of the operating system has it at a time.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes of one file of the log. Room for it is taken when it is begun; what is discarded goes a file at a time.</summary>
    public long SegmentSizeBytes { get; init; } = 64 << 20;

    /// <summary>When what was written is made durable.</summary>
    public SyncPolicy Sync { get; init; } = SyncPolicy.Always;

    /// <summary>Between two syncs, with <see cref="SyncPolicy.Interval"/>.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Bytes that go to the disk in one write at most, or one write if that alone has more. It is the memory that the log's thread holds.
    /// </summary>
    public int BatchSizeMaxBytes { get; init; } = 4 << 20;

    /// <summary>
    /// After so long without a write the log is sealed: from then on any damage to it is told from a torn write.
    /// </summary>
    public TimeSpan SealAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>With fewer bytes free on the disk, no more pairs are taken, until there is room for a segment more than this.</summary>
    public long FreeSpaceFloorBytes { get; init; } = 256 << 20;

    /// <summary>How long what there is no room for waits before it is tried again. For tests another time than a second.</summary>
    internal TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    internal void Check()
    {
        Demand(Directory.Length > 0, "Directory must be named");
        Demand(
            SegmentSizeBytes is >= SegmentSizeMin and <= SegmentSizeMax,
            $"SegmentSizeBytes must be from {SegmentSizeMin} to {SegmentSizeMax}");
        Demand(BatchSizeMaxBytes is >= 1 and <= SegmentSizeMax, $"BatchSizeMaxBytes must be from 1 to {SegmentSizeMax}");
        Demand(SyncInterval > TimeSpan.Zero && SyncInterval.TotalMilliseconds < int.MaxValue, "SyncInterval must be positive");
        Demand(SealAfter > TimeSpan.Zero && SealAfter.TotalMilliseconds < int.MaxValue, "SealAfter must be positive");
        Demand(FreeSpaceFloorBytes is >= 0 and < long.MaxValue / 2, "FreeSpaceFloorBytes must not be negative, nor beyond any disk");
    }

    private static void Demand(bool holds, string demand)
    {
        if (!holds)
        {
            throw new ArgumentException($"Store options: {demand}.");
        }
    }
}

/// <summary>When a log is synced.</summary>
public enum SyncPolicy
{
    /// <summary>Before a write is acknowledged. The only one with which a power cut loses nothing.</summary>
    Always,

    /// <summary>Now and then: a power cut loses what was acknowledged since.</summary>
    Interval,

    /// <summary>When the operating system likes.</summary>
    None,
}
