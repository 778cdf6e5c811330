using Akka.Configuration;

using RaftActors.Core;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>The times of consensus. Core counts them in ticks.</summary>
/// <param name="TransferTimeout">The time that a transfer of the leadership may take.</param>
/// <param name="DiskStallTimeout">A leader whose oldest write or read takes longer steps down.</param>
internal sealed record TimingSettings(
    TimeSpan TickInterval,
    TimeSpan ElectionTimeoutMin,
    TimeSpan ElectionTimeoutMax,
    TimeSpan HeartbeatInterval,
    TimeSpan FoundingTimeout,
    TimeSpan TransferTimeout,
    TimeSpan DiskStallTimeout)
{
    // The grain of a waiting thread.
    private static readonly TimeSpan TickIntervalMin = TimeSpan.FromMilliseconds(1);

    /// <summary>A group without work becomes quiescent.</summary>
    public required bool MayBeQuiescent { get; init; }

    /// <summary>The time without work after which it does.</summary>
    public required TimeSpan QuiescentAfter { get; init; }

    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    /// <param name="isShard">The group is one of <see cref="RaftShards"/>.</param>
    /// <exception cref="RaftConfigurationException">A time is not above zero.</exception>
    public static TimingSettings Read(Config config, bool isShard) => new(
        config.ReadTime("tick-interval"),
        config.ReadTime("election-timeout.min"),
        config.ReadTime("election-timeout.max"),
        config.ReadTime("heartbeat-interval"),
        config.ReadTime("founding-timeout"),
        config.ReadTime("transfer-timeout"),
        config.ReadTime("disk-stall-timeout"))
    {
        MayBeQuiescent = ReadQuiescence(config.GetString("quiescence.enabled"), isShard),
        QuiescentAfter = config.ReadTime("quiescence.after"),
    };

    /// <summary>Rounds a time up to whole ticks, at least one.</summary>
    public int ToTicks(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time / TickInterval), 1, int.MaxValue / 2);

    /// <summary>
    /// The most ticks by which a wake-up may be late and still count in full. A later one is a pause, which counts as one tick, because the
    /// leader's heartbeats of that time may wait in the mailbox. One heartbeat is the limit for two reasons. After an interval between
    /// two heartbeats, such a lateness makes up two thirds of the shortest election timeout at most, so it cannot end one. A lower limit
    /// would take the ordinary lateness of a busy machine for a pause, and each one would put off the election after a real loss.
    /// </summary>
    public static int LongestLateness(CoreOptions options) => options.HeartbeatTicks;

    /// <summary>
    /// The most ticks for which an idle engine does not wake. Together with the longest lateness they stay below the shortest election
    /// timeout. Therefore no process campaigns only because it was suspended. One that cannot campaign may rest longer
    /// (<see cref="RaftCore.MayRestLong"/>).
    /// </summary>
    public static int LongestRest(CoreOptions options) =>
        Math.Max(1, Math.Min(options.ElectionTimeoutMinTicks / 2, options.ElectionTimeoutMinTicks - 1 - LongestLateness(options)));

    /// <exception cref="RaftConfigurationException">A time is out of range, or contradicts another one.</exception>
    public void Validate()
    {
        Demand(TickInterval >= TickIntervalMin, $"raft.tick-interval is {TickInterval}; it must be at least {TickIntervalMin}, because an "
            + "engine wakes no more exactly.");
        Demand(ElectionTimeoutMin <= ElectionTimeoutMax, $"raft.election-timeout.min is {ElectionTimeoutMin} and max is "
            + $"{ElectionTimeoutMax}; min may not be above max.");
        Demand(HeartbeatInterval * 3 <= ElectionTimeoutMin, $"raft.heartbeat-interval is {HeartbeatInterval}; it may be at most a third of "
            + $"raft.election-timeout.min, which is {ElectionTimeoutMin}.");
    }

    private static bool ReadQuiescence(string? text, bool isShard) => text switch
    {
        "shards" => isShard,
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => throw new RaftConfigurationException($"raft.quiescence.enabled is '{text}'; it may be shards, on or off."),
    };
}
