using Akka.Configuration;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Engine;

/// <summary>When a snapshot of the actor's state is taken, and how it travels.</summary>
internal sealed record SnapshotSettings(int AfterEntries, long AfterBytes, int RetainedEntries, long ChunkSizeBytes)
{
    /// <summary>How many pieces may be in a frame of the transport: one, and what goes with it.</summary>
    private const int PiecesPerFrame = 2;

    /// <param name="config">That of <c>raft</c>, or of a group.</param>
    public static SnapshotSettings Read(Config config) => new(
        config.GetInt("snapshot.after-entries"),
        config.GetByteSize("snapshot.after-bytes") ?? 0,
        config.GetInt("snapshot.retained-entries"),
        config.GetByteSize("snapshot.chunk-size") ?? 0);

    /// <param name="frameSizeMaxBytes">Of the transport; 0 if there is none.</param>
    /// <exception cref="RaftConfigurationException">It cannot be so.</exception>
    public void Validate(long frameSizeMaxBytes)
    {
        Demand(AfterEntries >= 1, $"raft.snapshot.after-entries is {AfterEntries}; it must be 1 or more.");
        Demand(AfterBytes >= 1, $"raft.snapshot.after-bytes is {AfterBytes}; it must be 1 byte or more.");
        Demand(RetainedEntries >= 0, $"raft.snapshot.retained-entries is {RetainedEntries}; it must be 0 or more.");
        Demand(ChunkSizeBytes is >= 1 and <= int.MaxValue, $"raft.snapshot.chunk-size is {ChunkSizeBytes}; it must be 1 byte or more, "
            + "and below 2 GiB.");
        Demand(
            frameSizeMaxBytes == 0 || ChunkSizeBytes * PiecesPerFrame <= frameSizeMaxBytes,
            $"raft.snapshot.chunk-size is {ChunkSizeBytes} bytes; it may be at most half of akka.remote.dot-netty.tcp.maximum-frame-size, "
            + $"which is {frameSizeMaxBytes}.");
    }
}
