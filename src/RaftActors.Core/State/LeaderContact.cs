namespace RaftActors.Core;

/// <summary>When a leader was last heard, and the stickiness that follows from it (thesis §4.2.3).</summary>
internal sealed class LeaderContact
{
    /// <summary>The tick at which a leader was last heard, or this process last led; null if never, or if leadership was lost.</summary>
    public long? HeardAt { get; set; }

    /// <summary>Before this tick the process gives no vote against the leader that it heard.</summary>
    public long StickyUntil { get; set; }

    /// <summary>The ticks since a leader was heard; the longest time there is if none was.</summary>
    public long SilenceAt(long now) => HeardAt is { } at ? now - at : long.MaxValue;
}
