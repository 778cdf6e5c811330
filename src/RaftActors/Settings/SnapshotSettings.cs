using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>When a snapshot of the actor's state is taken, and the size of its chunks.</summary>
/// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
internal sealed class SnapshotSettings(Config raft)
{
    public int AfterEntries { get; } = raft.ReadNumber("snapshot.after-entries");

    public long AfterBytes { get; } = raft.ReadSize("snapshot.after-bytes");

    public int RetainedEntries { get; } = raft.ReadNumber("snapshot.retained-entries");

    public int ChunkSizeBytes { get; } = (int)raft.ReadSize("snapshot.chunk-size");

    public bool RebuildsDiverged { get; } = raft.ReadFlag("snapshot.rebuild-diverged");
}
