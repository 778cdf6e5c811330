using Akka.Actor;
using Akka.Cluster;

using RaftActors.Engine;

namespace RaftActors.Discovery;

/// <summary>Refuses to wait for ever for peers that cannot be found.</summary>
internal static class ClusterCheck
{
    public static bool IsClustered(ActorSystem system) =>
        system.Settings.Config.GetString("akka.actor.provider")?.Contains("cluster", StringComparison.OrdinalIgnoreCase) == true;

    /// <exception cref="RaftConfigurationException">The group spans nodes, and this one is in no cluster or lacks the role.</exception>
    public static void Demand(ActorSystem system, RaftSettings settings)
    {
        if (!settings.NeedsCluster)
        {
            return;
        }

        if (!IsClustered(system))
        {
            throw new RaftConfigurationException(
                $"Group '{settings.Group}' has processes on other nodes, and this actor system is in no cluster. "
                + "Set akka.actor.provider = cluster, akka.cluster.roles = [raft] and akka.cluster.seed-nodes.");
        }

        if (!Cluster.Get(system).SelfRoles.Contains(RaftRegistry.Role))
        {
            throw new RaftConfigurationException(
                $"This node lacks the role '{RaftRegistry.Role}', so the other nodes would not look for '{settings.Self}' on it. "
                + $"Set akka.cluster.roles = [{RaftRegistry.Role}].");
        }
    }
}
