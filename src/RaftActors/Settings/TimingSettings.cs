using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>The times of consensus. Core counts them in ticks.</summary>
/// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
/// <param name="isShard">The group is one of <see cref="RaftShards"/>.</param>
internal sealed class TimingSettings(Config raft, bool isShard)
{
    public TimeSpan TickInterval { get; } = raft.ReadTime("tick-interval");

    public TimeSpan ElectionTimeoutMin { get; } = raft.ReadTime("election-timeout.min");

    public TimeSpan ElectionTimeoutMax { get; } = raft.ReadTime("election-timeout.max");

    public TimeSpan HeartbeatInterval { get; } = raft.ReadTime("heartbeat-interval");

    public TimeSpan FoundingTimeout { get; } = raft.ReadTime("founding-timeout");

    public TimeSpan TransferTimeout { get; } = raft.ReadTime("transfer-timeout");

    public TimeSpan DiskStallTimeout { get; } = raft.ReadTime("disk-stall-timeout");

    public bool MayBeQuiescent { get; } = raft.ReadText("quiescence.enabled") is var way && (way == "on" || (way == "shards" && isShard));

    public TimeSpan QuiescentAfter { get; } = raft.ReadTime("quiescence.after");

    /// <summary>Rounds a time up to whole ticks, at least one.</summary>
    public int ToTicks(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time / TickInterval), 1, int.MaxValue / 2);
}
