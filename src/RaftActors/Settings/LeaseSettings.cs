using Akka.Configuration;

using RaftActors.Core;

namespace RaftActors.Settings;

/// <summary>
/// Whether this process promises a leader to elect no other one, and answers queries by lease while it leads: <c>raft.lease</c>.
/// </summary>
/// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
internal sealed class LeaseSettings(Config raft)
{
    public bool IsEnabled { get; } = raft.ReadFlag("lease.enabled");

    public int MaxDriftPercent { get; } = raft.ReadNumber("lease.max-drift-percent");

    /// <summary>Core's options, or null without leases.</summary>
    public LeaseOptions? ToCoreOptions() => IsEnabled ? new LeaseOptions(MaxDriftPercent) : null;
}
