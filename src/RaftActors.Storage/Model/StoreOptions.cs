namespace RaftActors.Storage;

/// <summary>The settings of a <see cref="StoreDirectory"/>. The rules of reference.conf bound those of a user.</summary>
internal sealed record StoreOptions
{
    /// <summary>The directory. A missing one is created. One process of the operating system can have it at a time.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Accepts a directory that belongs to another user or that other users can write to. By default it is refused, because those users
    /// could replace the files of the store. Has no effect on Windows.
    /// </summary>
    public bool AllowSharedDirectory { get; init; }

    /// <summary>
    /// The bytes of one segment of the log, 4 KiB to 1 GiB. Default: 64 MiB. The file is allocated at once. Only whole segments are freed.
    /// </summary>
    public long SegmentSizeBytes { get; init; } = 64 << 20;

    /// <summary>
    /// The most bytes of a batch. A single larger write is a batch of its own. The thread of the log keeps a buffer of up to twice this
    /// size. Default: 4 MiB.
    /// </summary>
    public int BatchSizeMaxBytes { get; init; } = 4 << 20;

    /// <summary>
    /// The time without a write after which the log is sealed. Recovery can distinguish damage before a seal from a torn write. Default: 1
    /// s.
    /// </summary>
    public TimeSpan SealAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// With fewer bytes free the disk counts as nearly full, until one segment more than this is free. Default: 256 MiB.
    /// </summary>
    public long FreeSpaceFloorBytes { get; init; } = 256 << 20;

    /// <summary>
    /// About how many bytes of the last entries an opening returns as <see cref="Core.InitialState.Log"/>. Earlier entries are <see
    /// cref="Core.InitialState.Earlier"/>, which is read when it is enumerated. Default: no bound, so all are in the log.
    /// </summary>
    public long RecoveredSizeMaxBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// The segments that the log may have besides twice the bytes that its stores need. With more, it moves entries of quiet stores. Only
    /// tests change it.
    /// </summary>
    public int CleanAboveSegments { get; init; } = 8;

    /// <summary>The time after which a write without room is tried again. Only tests change it.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
