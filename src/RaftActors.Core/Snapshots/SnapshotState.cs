namespace RaftActors.Core;

/// <summary>The snapshots that this process has, receives, and has given up.</summary>
internal sealed class SnapshotState
{
    /// <summary>The latest snapshot that is durable, or is being installed; null if there is none.</summary>
    public Snapshot? Latest { get; set; }

    /// <summary>The snapshot that is being received; null if none is.</summary>
    public IncomingSnapshot? Incoming { get; set; }

    /// <summary>The content of the last <see cref="Effect.Discard"/>.</summary>
    public (LogPosition Log, LogIndex Snapshot) Discarded { get; set; }
}
