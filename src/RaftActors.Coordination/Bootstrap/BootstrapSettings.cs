using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

using RaftActors.Coordination.Downing;
using RaftActors.Coordination.Settings;

namespace RaftActors.Coordination.Bootstrap;

/// <summary>The settings by which a node finds or founds its cluster.</summary>
/// <param name="MemberTimeout">The time without a renewal of its claim after which a member downs itself.</param>
internal sealed record BootstrapSettings(TimeSpan MemberTimeout)
{
    /// <returns>Null if the group does not decide about clusters.</returns>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static BootstrapSettings? Read(ActorSystem system) =>
        Read(system.Settings.Config, ((ExtendedActorSystem)system).Provider is IClusterActorRefProvider);

    public static BootstrapSettings? Read(Config own, bool isClustered)
    {
        var settings = CoordinationSettings.SectionOf(own);
        var config = own.WithFallback(CoordinationSettings.Defaults);
        if (!settings.GetBoolean("bootstrap"))
        {
            return null;
        }

        Demand(isClustered, "this actor system has no Akka.Cluster. Set akka.actor.provider = cluster.");
        var seeds = config.GetStringList("akka.cluster.seed-nodes") ?? [];
        Demand(
            seeds.Count == 0,
            $"akka.cluster.seed-nodes names {string.Join(", ", seeds)}. Seed nodes may form a second cluster. Remove them.");
        var extension = (config.GetStringList("akka.extensions") ?? [])
            .FirstOrDefault(each => each.Contains("ClusterBootstrap", StringComparison.Ordinal));
        Demand(extension is null, $"akka.extensions starts {extension}, which may form a second cluster. Remove it.");
        var provider = config.GetString("akka.cluster.downing-provider-class");
        Demand(
            provider?.Split(',')[0].Trim() == DowningSettings.Provider,
            $"akka.cluster.downing-provider-class is '{provider}', by which two sides of a cluster may both survive. Set it to "
                + $"\"{DowningSettings.Provider}, RaftActors.Coordination\".");
        var retry = config.GetString("akka.cluster.retry-unsuccessful-join-after", "10s");
        Demand(
            retry == "off",
            $"akka.cluster.retry-unsuccessful-join-after is {retry}, so Akka.Cluster could join by itself after this node gave up its "
                + "claim. Set it to off.");
        Demand(
            config.GetString("raft.discovery") != "cluster" || config.GetString("raft.address") == "node",
            "raft.discovery is cluster, so the group would wait for the cluster, and the cluster for the group. Set raft.discovery = "
                + "node-names, and name the nodes in the roster by their addresses, host:port.");
        return new(settings.GetTimeSpan("member-timeout"));
    }

    private static void Demand(bool condition, string problem)
    {
        if (!condition)
        {
            throw new RaftConfigurationException($"raft-coordination.bootstrap is on, and {problem}");
        }
    }
}
