using Akka.Configuration;

using RaftActors.Core;

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

    /// <summary>
    /// The most ticks by which a wake-up may be late and still count in full. A later one is a pause, which counts as one tick, because
    /// the leader's heartbeats of that time may wait in the mailbox. The limit is one heartbeat for two reasons. Added to the interval
    /// between two heartbeats, this lateness makes up at most two thirds of the shortest election timeout, so it cannot end one. A lower
    /// limit would take the ordinary lateness of a busy machine for a pause, and each pause would delay the election after a real loss.
    /// </summary>
    public static int LongestLateness(CoreOptions options) => options.HeartbeatTicks;

    /// <summary>
    /// The most ticks for which an idle engine does not wake. Together with the longest lateness they stay below the shortest election
    /// timeout, so no process campaigns only because it was suspended. A process that cannot campaign may rest longer (<see
    /// cref="RaftCore.MayRestLong"/>).
    /// </summary>
    public static int LongestRest(CoreOptions options) =>
        Math.Max(1, Math.Min(options.ElectionTimeoutMinTicks / 2, options.ElectionTimeoutMinTicks - 1 - LongestLateness(options)));
}
