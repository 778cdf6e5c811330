using Akka.Configuration;

using RaftActors.Core;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>
/// Whether this process promises a leader to elect no other one, and answers queries by lease while it leads: <c>raft.lease</c>.
/// </summary>
/// <param name="MaxDriftPercent">By how much the clock of another process may run faster than that of this one.</param>
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
    public LeaseOptions? ToCoreOptions() => IsEnabled ? new LeaseOptions(MaxDriftPercent) : null;
}
