namespace RaftActors.Core;

/// <summary>A removed member that the leader still replicates to, so that it learns of its removal.</summary>
/// <param name="progress">The leader's knowledge of the member's log.</param>
/// <param name="removedAt">Index of the configuration entry that removes it.</param>
internal sealed class Farewell(Progress progress, LogIndex removedAt)
{
    /// <summary>The leader's knowledge of the member's log.</summary>
    public Progress Progress => progress;

    /// <summary>Index of the configuration entry that removes it.</summary>
    public LogIndex RemovedAt => removedAt;

    /// <summary>The tick at which the leader saw that entry committed; null before.</summary>
    public long? CommittedAt { get; set; }
}
