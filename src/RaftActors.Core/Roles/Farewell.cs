namespace RaftActors.Core;

/// <summary>A member that was removed and is replicated to a little longer, so that it learns of it.</summary>
/// <param name="progress">What the leader believes about it.</param>
/// <param name="removedAt">Committed up to here, its removal is.</param>
internal sealed class Farewell(Progress progress, LogIndex removedAt)
{
    /// <summary>What the leader believes about it.</summary>
    public Progress Progress => progress;

    /// <summary>Committed up to here, its removal is.</summary>
    public LogIndex RemovedAt => removedAt;

    /// <summary>The tick at which the removal was seen to be committed.</summary>
    public long? CommittedAt { get; set; }
}
