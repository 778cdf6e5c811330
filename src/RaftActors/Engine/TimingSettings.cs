using Akka.Configuration;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Engine;

/// <summary>The times of consensus. Core counts them in ticks.</summary>
/// <param name="TransferTimeout">The time that a transfer of the leadership may take.</param>
/// <param name="DiskStallTimeout">A leader whose oldest write takes longer steps down.</param>
internal sealed record TimingSettings(
    TimeSpan TickInterval,
    TimeSpan ElectionTimeoutMin,
    TimeSpan ElectionTimeoutMax,
    TimeSpan HeartbeatInterval,
    TimeSpan FoundingTimeout,
    TimeSpan TransferTimeout,
    TimeSpan DiskStallTimeout)
{
    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    /// <exception cref="RaftConfigurationException">A time is not above zero.</exception>
    public static TimingSettings Read(Config config) => new(
        config.ReadTime("tick-interval"),
        config.ReadTime("election-timeout.min"),
        config.ReadTime("election-timeout.max"),
        config.ReadTime("heartbeat-interval"),
        config.ReadTime("founding-timeout"),
        config.ReadTime("transfer-timeout"),
        config.ReadTime("disk-stall-timeout"));

    /// <summary>Rounds a time up to whole ticks, at least one.</summary>
    public int ToTicks(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time / TickInterval), 1, int.MaxValue / 2);

    /// <exception cref="RaftConfigurationException">A time contradicts another one.</exception>
    public void Validate()
    {
        Demand(ElectionTimeoutMin <= ElectionTimeoutMax, $"raft.election-timeout.min is {ElectionTimeoutMin} and max is "
            + $"{ElectionTimeoutMax}; min may not be above max.");
        Demand(HeartbeatInterval * 3 <= ElectionTimeoutMin, $"raft.heartbeat-interval is {HeartbeatInterval}; it may be at most a third of "
            + $"raft.election-timeout.min, which is {ElectionTimeoutMin}.");
    }
}
