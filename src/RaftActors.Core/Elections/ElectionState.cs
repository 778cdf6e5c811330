namespace RaftActors.Core;

/// <summary>
/// The state that decides, besides the timer, whether this process campaigns: the time at which it last heard a leader, and how long it
/// follows that leader (stickiness, thesis §4.2.3); refusals that keep it from campaigning for a while; and the progress of the founding.
/// </summary>
internal sealed class ElectionState
{
    /// <summary>The tick at which a leader was last heard, or this process last led. Null if never, or if leadership was lost.</summary>
    public long? HeardAt { get; set; }

    /// <summary>Until this tick, the process gives no vote against the leader that it heard.</summary>
    public long StickyUntil { get; set; }

    /// <summary>
    /// Until this tick, the process elects no other leader in any case, because a leader may rely on its promise (thesis §6.4.1).
    /// </summary>
    public long BoundUntil { get; set; }

    /// <summary>The tick at which a promise of an earlier start ends.</summary>
    public long FormerPromiseEnd { get; set; }

    /// <summary>Returns the ticks since a leader was heard, or the longest time if none was.</summary>
    public long SilenceAt(long now) => HeardAt is { } at ? now - at : long.MaxValue;

    /// <summary>The tick at which a majority refused this process's log while it led, or null.</summary>
    public long? LogRefusedAt { get; set; }

    /// <summary>When another process last said that this one was removed: the configuration in force and the tick, or null.</summary>
    public (LogIndex Under, long At)? ToldRemoved { get; set; }

    /// <summary>The tick at which a candidate that counts on this process's vote was last refused for its shorter log, or null.</summary>
    public long? ShorterLogRefusedAt { get; set; }

    /// <summary>In a founding: all N have greeted, or <see cref="CoreOptions.FoundingTimeoutTicks"/> have passed.</summary>
    public bool IsFoundingDue { get; set; }

    /// <summary>In a founding: the best process need not wait for its election timer.</summary>
    public bool MayFoundAtOnce { get; set; }
}
