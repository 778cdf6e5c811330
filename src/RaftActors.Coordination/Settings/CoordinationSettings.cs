using System.Collections.Immutable;

using Akka.Configuration;

namespace RaftActors.Coordination.Settings;

/// <summary>The settings of the coordination of one node.</summary>
/// <param name="Roster">The names of the group's processes. Empty if this node names none, so it has only a client.</param>
/// <param name="Self">The name of this node's process, even if the roster lacks it.</param>
/// <param name="ClockDrift">The largest difference between the rates of two clocks.</param>
internal sealed record CoordinationSettings(
    string Group, ImmutableArray<string> Roster, string Self, TimeSpan SessionTimeout, TimeSpan RenewInterval, double ClockDrift)
{
    private static readonly string Reference = Read("reference.conf");

    public static Config Defaults { get; } = ConfigurationFactory.ParseString(Reference);

    /// <summary>The settings of Akka.Cluster that fit the defaults.</summary>
    public static Config OfCluster { get; } = ConfigurationFactory.ParseString(Read("cluster.conf"));

    public bool IsMember => Roster.Contains(Self);

    /// <summary>What an operator does if the group does not answer.</summary>
    public string Remedy => Roster.IsEmpty
        ? $"This node names no process of the group: set raft.nodes or raft.groups.{Group}.nodes."
        : $"Start a majority of {string.Join(", ", Roster)}, or all of them if the group has never run, and see that this node "
            + "reaches them.";

    /// <param name="node">The name of this node, which is <c>raft.node</c> or its address.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static CoordinationSettings Read(Config config, string node)
    {
        var own = SectionOf(config);
        var group = own.GetString("group") ?? "";
        if (group.Length == 0 || group.Contains('@'))
        {
            throw new RaftConfigurationException($"raft-coordination.group is '{group}'; it must be a name without @.");
        }
        return new CoordinationSettings(
            group,
            [.. RosterIn(config, group).Distinct()],
            $"{group}@{node}",
            own.GetTimeSpan("session-timeout"),
            own.GetTimeSpan("renew-interval"),
            own.GetDouble("clock-drift"));
    }

    /// <summary>Checks the settings that a configuration has.</summary>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static void Check(Config config) => Raft.CheckLibrary(config, Reference);

    /// <summary>Returns the section with the defaults, because Cluster asks for it before anything has added them to the system.</summary>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static Config SectionOf(Config config)
    {
        var all = config.WithFallback(Defaults);
        Check(all);
        return all.GetConfig("raft-coordination");
    }

    // The processes of other groups are on the same nodes, unless the section of this group has its own.
    private static IEnumerable<string> RosterIn(Config config, string group)
    {
        return List($"raft.groups.{group}.roster") is { Count: > 0 } processes ? processes
            : (List($"raft.groups.{group}.nodes") is { Count: > 0 } own ? own
                : List("raft.roster") is { Count: > 0 } others ? others.Select(process => process[(process.IndexOf('@') + 1)..])
                : List("raft.nodes")).Select(node => $"{group}@{node}");

        IList<string> List(string path) => config.GetStringList(path) ?? [];
    }

    private static string Read(string file)
    {
        var assembly = typeof(CoordinationSettings).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream($"RaftActors.Coordination.{file}")!);
        return reader.ReadToEnd();
    }
}
