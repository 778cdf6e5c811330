using Akka.Configuration;

using RaftActors.Core;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>Whether the leader answers queries by lease: <c>raft.lease</c>. All processes of a group have the same settings.</summary>
/// <param name="MaxDriftPercent">By how much the clock of one process may run faster than another's.</param>
internal sealed record LeaseSettings(bool IsEnabled, int MaxDriftPercent)
{
    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    public static LeaseSettings Read(Config config) => new(
        config.ReadFlag("lease.enabled"),
        config.ReadNumber("lease.max-drift-percent"));

    /// <exception cref="RaftConfigurationException">A setting is out of range.</exception>
    public void Validate() =>
        Demand(MaxDriftPercent is >= 0 and < 100, $"raft.lease.max-drift-percent is {MaxDriftPercent}; it may be 0 to 99.");

    /// <summary>Core's options; null: no leases.</summary>
    public LeaseOptions? ToCoreOptions(TimeSpan tickInterval) =>
        IsEnabled ? new LeaseOptions((long)tickInterval.TotalMicroseconds, MaxDriftPercent) : null;
}
