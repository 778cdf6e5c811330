using Akka.Configuration;

using RaftActors.Storage;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>Reads and checks the settings of the store.</summary>
internal static class StoreSettings
{
    private const long SegmentSizeMinBytes = 1 << 20;
    private const long SizeMaxBytes = 1 << 30;

    // A start reads a log through Core, which keeps raft.log-memory-max of it. So the opening itself keeps little.
    private const long RecoveredSizeMaxBytes = 4 << 20;

    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    /// <returns>The options. An empty directory means a store in memory.</returns>
    /// <exception cref="RaftConfigurationException">A value has the wrong type.</exception>
    public static StoreOptions Read(Config config) => new()
    {
        Directory = config.GetString("store.directory") ?? "",
        AllowSharedDirectory = config.ReadFlag("store.allow-shared-directory"),
        SegmentSizeBytes = config.ReadSize("store.segment-size"),
        Sync = ReadSync(config.GetString("store.sync")),
        SyncInterval = config.ReadTime("store.sync-interval"),
        BatchSizeMaxBytes = (int)Math.Clamp(config.ReadSize("store.batch-size-max"), 0, int.MaxValue),
        SealAfter = config.ReadTime("store.seal-after"),
        FreeSpaceFloorBytes = config.ReadSize("store.free-space-floor"),
        RecoveredSizeMaxBytes = RecoveredSizeMaxBytes,
    };

    /// <param name="pairSizeMaxBytes">The size of the largest pair.</param>
    /// <exception cref="RaftConfigurationException">A setting is out of its range.</exception>
    public static void Validate(StoreOptions store, int pairSizeMaxBytes)
    {
        Demand(store.SegmentSizeBytes is >= SegmentSizeMinBytes and <= SizeMaxBytes, $"raft.store.segment-size is "
            + $"{store.SegmentSizeBytes}; it must be from {SegmentSizeMinBytes} to {SizeMaxBytes} bytes.");
        Demand(store.SegmentSizeBytes / 2 >= pairSizeMaxBytes, $"raft.store.segment-size is {store.SegmentSizeBytes}; it must be at least "
            + $"twice raft.pair-size-max, which is {pairSizeMaxBytes}.");
        Demand(store.BatchSizeMaxBytes is >= 1 and <= (int)SizeMaxBytes, $"raft.store.batch-size-max is {store.BatchSizeMaxBytes}; it must "
            + $"be from 1 to {SizeMaxBytes} bytes.");
        Demand(store.FreeSpaceFloorBytes >= 0, $"raft.store.free-space-floor is {store.FreeSpaceFloorBytes}; it must be 0 bytes or more.");
    }

    private static SyncPolicy ReadSync(string? text) => text switch
    {
        "always" => SyncPolicy.Always,
        "interval" => SyncPolicy.Interval,
        "none" => SyncPolicy.None,
        _ => throw new RaftConfigurationException($"raft.store.sync is '{text}'; it may be always, interval or none."),
    };
}
