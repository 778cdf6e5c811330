namespace RaftActors.Core;

/// <summary>Events that keep a process from campaigning for a while, or let it campaign though it does not vote.</summary>
internal sealed class CampaignGate
{
    /// <summary>The tick at which a majority refused this process's log while it led; null if none did.</summary>
    public long? LogRefusedAt { get; set; }

    /// <summary>
    /// The configuration in force, and the tick, when another process last said that this one was removed; null if none did.
    /// </summary>
    public (LogIndex Under, long At)? ToldRemoved { get; set; }

    /// <summary>
    /// The tick at which a candidate that counts on this process's vote was last refused for its shorter log; null if none was.
    /// </summary>
    public long? ShorterLogRefusedAt { get; set; }
}
