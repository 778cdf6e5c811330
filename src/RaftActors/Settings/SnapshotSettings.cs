using Akka.Configuration;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>When a snapshot of the actor's state is taken, and the size of its chunks.</summary>
/// <param name="RebuildsDiverged">An actor with another state than a majority begins anew from a snapshot of it.</param>
internal sealed record SnapshotSettings(
    int AfterEntries, long AfterBytes, int RetainedEntries, long ChunkSizeBytes, bool RebuildsDiverged)
{
    /// <summary>A frame of the transport must have room for this many chunks: one, and the rest of its message.</summary>
    private const int ChunksPerFrame = 2;

    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    public static SnapshotSettings Read(Config config) => new(
        config.ReadNumber("snapshot.after-entries"),
        config.ReadSize("snapshot.after-bytes"),
        config.ReadNumber("snapshot.retained-entries"),
        config.ReadSize("snapshot.chunk-size"),
        config.ReadFlag("snapshot.rebuild-diverged"));

    /// <param name="frameSizeMaxBytes">The largest frame of a connection.</param>
    /// <exception cref="RaftConfigurationException">A setting is out of its range.</exception>
    public void Validate(int frameSizeMaxBytes)
    {
        Demand(AfterEntries >= 1, $"raft.snapshot.after-entries is {AfterEntries}; it must be 1 or more.");
        Demand(AfterBytes >= 1, $"raft.snapshot.after-bytes is {AfterBytes}; it must be 1 byte or more.");
        Demand(RetainedEntries >= 0, $"raft.snapshot.retained-entries is {RetainedEntries}; it must be 0 or more.");
        Demand(ChunkSizeBytes is >= 1 and <= int.MaxValue, $"raft.snapshot.chunk-size is {ChunkSizeBytes}; it must be 1 byte or more, "
            + "and below 2 GiB.");
        Demand(
            ChunkSizeBytes * ChunksPerFrame <= frameSizeMaxBytes,
            $"raft.snapshot.chunk-size is {ChunkSizeBytes} bytes; it may be at most half of raft.transport-tcp.frame-size-max, "
            + $"which is {frameSizeMaxBytes}.");
    }
}
