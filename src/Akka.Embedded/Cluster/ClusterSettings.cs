using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster;

/// <summary>The section akka.cluster, read once.</summary>
public sealed class ClusterSettings
{
    /// <exception cref="ConfigurationException">A seed node is not an address of a system with this name.</exception>
    public ClusterSettings(Config config, string systemName)
    {
        var cluster = config.GetConfig("akka.cluster")!; // Justification: the reference configuration has it.
        SeedNodes = [.. cluster.GetStringList("seed-nodes").Select(text => ParseSeed(text, systemName))];
        Roles = [.. cluster.GetStringList("roles")];
        SeedNodeTimeout = cluster.GetTimeSpan("seed-node-timeout");
        RetryUnsuccessfulJoinAfter = Optional(cluster, "retry-unsuccessful-join-after");
        ShutdownAfterUnsuccessfulJoinSeedNodes = Optional(cluster, "shutdown-after-unsuccessful-join-seed-nodes");
        MinNrOfMembers = cluster.GetInt("min-nr-of-members");
        GossipInterval = cluster.GetTimeSpan("gossip-interval");
        LeaderActionsInterval = cluster.GetTimeSpan("leader-actions-interval");
        UnreachableNodesReaperInterval = cluster.GetTimeSpan("unreachable-nodes-reaper-interval");
        WeaklyUpAfter = cluster.GetString("allow-weakly-up-members") is "on" or "true"
            ? TimeSpan.FromSeconds(7)
            : Optional(cluster, "allow-weakly-up-members") ?? TimeSpan.Zero;
        RunCoordinatedShutdownWhenDown = cluster.GetBoolean("run-coordinated-shutdown-when-down");
        LogInfo = cluster.GetBoolean("log-info");
        FailureDetectorConfig = cluster.GetConfig("failure-detector")!; // Justification: the reference configuration has it.
        HeartbeatInterval = FailureDetectorConfig.GetTimeSpan("heartbeat-interval");
        HeartbeatExpectedResponseAfter = FailureDetectorConfig.GetTimeSpan("expected-response-after");
        MonitoredByNrOfMembers = FailureDetectorConfig.GetInt("monitored-by-nr-of-members");
    }

    public ImmutableList<Address> SeedNodes { get; }

    public ImmutableHashSet<string> Roles { get; }

    public TimeSpan SeedNodeTimeout { get; }

    public TimeSpan? RetryUnsuccessfulJoinAfter { get; }

    public TimeSpan? ShutdownAfterUnsuccessfulJoinSeedNodes { get; }

    public int MinNrOfMembers { get; }

    public TimeSpan GossipInterval { get; }

    public TimeSpan LeaderActionsInterval { get; }

    public TimeSpan UnreachableNodesReaperInterval { get; }

    /// <summary>The time after which a joining member becomes WeaklyUp while others are unreachable. Zero: never.</summary>
    public TimeSpan WeaklyUpAfter { get; }

    public bool AllowWeaklyUpMembers => WeaklyUpAfter > TimeSpan.Zero;

    public bool RunCoordinatedShutdownWhenDown { get; }

    public bool LogInfo { get; }

    public Config FailureDetectorConfig { get; }

    public TimeSpan HeartbeatInterval { get; }

    public TimeSpan HeartbeatExpectedResponseAfter { get; }

    public int MonitoredByNrOfMembers { get; }

    private static TimeSpan? Optional(Config config, string key) =>
        config.GetString(key) is "off" or "false" ? null : config.GetTimeSpan(key);

    private static Address ParseSeed(string text, string systemName)
    {
        if (!Address.TryParse(text, out var address) || address.HasLocalScope)
        {
            throw new ConfigurationException(
                $"akka.cluster.seed-nodes contains [{text}], not an address. Expected a form like akka.tcp://{systemName}@host:port.");
        }
        return address.System == systemName
            ? address
            : throw new ConfigurationException(
                $"akka.cluster.seed-nodes contains [{text}], but this system's name is {systemName}. All members need the same name.");
    }
}
