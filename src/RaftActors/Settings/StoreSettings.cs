using Akka.Configuration;

using RaftActors.Storage;

namespace RaftActors.Settings;

/// <summary>Reads the settings of the store.</summary>
internal static class StoreSettings
{
    // The opening keeps little, because it reads the log through Core, which keeps raft.log-memory-max of it.
    private const long RecoveredSizeMaxBytes = 4 << 20;

    /// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
    /// <returns>The options. An empty directory means a store in memory.</returns>
    public static StoreOptions Read(Config raft) => new()
    {
        Directory = raft.ReadText("store.directory"),
        AllowSharedDirectory = raft.ReadFlag("store.allow-shared-directory"),
        SegmentSizeBytes = raft.ReadSize("store.segment-size"),
        BatchSizeMaxBytes = (int)raft.ReadSize("store.batch-size-max"),
        SealAfter = raft.ReadTime("store.seal-after"),
        FreeSpaceFloorBytes = raft.ReadSize("store.free-space-floor"),
        RecoveredSizeMaxBytes = RecoveredSizeMaxBytes,
    };
}
