using System.Collections.Immutable;

using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Coordination.Settings;

/// <summary>The settings of the coordination of one node.</summary>
/// <param name="Roster">The names of the group's processes; empty: this node names none, so it has only a client.</param>
/// <param name="Self">The name of this node's process, whether or not the roster has it.</param>
/// <param name="ClockDrift">The largest difference between the rates of two clocks.</param>
internal sealed record CoordinationSettings(
    string Group, ImmutableArray<string> Roster, string Self, TimeSpan SessionTimeout, TimeSpan RenewInterval, double ClockDrift)
{
    /// <summary>reference.conf.</summary>
    public static Config Defaults { get; } =
        ConfigurationFactory.FromResource("RaftActors.Coordination.reference.conf", typeof(CoordinationSettings).Assembly);

    /// <summary>This node has a process of the group.</summary>
    public bool IsMember => Roster.Contains(Self);

    /// <param name="node">The name of this node, which is <c>raft.node</c> or its address.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static CoordinationSettings Read(ActorSystem system, string node)
    {
        var own = system.Settings.Config.GetConfig("raft-coordination");
        var group = own.GetString("group") ?? "";
        RaftConfigurationException.Demand(
            group.Length > 0 && !group.Contains('@'), $"raft-coordination.group is '{group}'; it must be a name without @.");
        var config = system.Settings.Config;
        var roster = config.GetStringList($"raft.groups.{group}.roster") is { Count: > 0 } named
            ? named
            : [.. (config.GetStringList("raft.roster") ?? []).Select(process => $"{group}@{process[(process.IndexOf('@') + 1)..]}")];
        var settings = new CoordinationSettings(
            group,
            [.. roster.Distinct()],
            $"{group}@{node}",
            own.GetTimeSpan("session-timeout"),
            own.GetTimeSpan("renew-interval"),
            own.GetDouble("clock-drift"));
        settings.Demand();
        return settings;
    }

    private void Demand()
    {
        RaftConfigurationException.Demand(
            SessionTimeout >= TimeSpan.FromSeconds(1) && SessionTimeout <= TimeSpan.FromHours(1),
            $"raft-coordination.session-timeout is {SessionTimeout}; it must be from 1s to 1h.");
        RaftConfigurationException.Demand(
            RenewInterval > TimeSpan.Zero && RenewInterval <= SessionTimeout / 3,
            $"raft-coordination.renew-interval is {RenewInterval}; it must be above 0 and at most a third of session-timeout, which is "
                + $"{SessionTimeout}.");
        RaftConfigurationException.Demand(
            ClockDrift is >= 0 and <= 0.5, $"raft-coordination.clock-drift is {ClockDrift}; it must be from 0 to 0.5.");
    }
}
