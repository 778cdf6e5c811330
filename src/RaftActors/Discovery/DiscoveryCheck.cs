using Akka.Actor;
using Akka.Cluster;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Discovery;

/// <summary>Refuses settings with which the processes of a group can never find each other.</summary>
internal static class DiscoveryCheck
{
    // Akka.Cluster asks the same before it starts. The text of akka.actor.provider says nothing: a BootstrapSetup, as of Akka.Hosting,
    // overrides it.
    public static bool IsClustered(ActorSystem system) => ((ExtendedActorSystem)system).Provider is IClusterActorRefProvider;

    /// <exception cref="RaftConfigurationException">The processes of the group could not find each other.</exception>
    public static void Demand(ActorSystem system, RaftSettings settings)
    {
        DemandPath(RaftAddress.OwnOf((ExtendedActorSystem)system), settings);
        if (settings.Transport.IsAtName)
        {
            DemandNames(settings);
        }
        else if (settings.Discovery.IsByNames)
        {
            // All processes of such a group run in this actor system, so nobody looks for them at an address.
            if (!IsLocal(system) || settings.Roster.Any(name => name.Node != settings.Self.Node))
            {
                DemandAddresses(system, settings);
            }
        }
        else if (settings.SpansNodes)
        {
            DemandCluster(system, settings);
        }
    }

    private static bool IsLocal(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress.HasLocalScope;

    // Other nodes refuse the path of an engine above the bound, and so each message of it.
    private static void DemandPath(Address own, RaftSettings settings)
    {
        var names = $"{Uri.EscapeDataString(settings.Group)}/{Uri.EscapeDataString(settings.Self.Process)}";
        var length = $"{own}{InboundNodeConnection.RegistryPath}/{names}#{int.MaxValue}".Length;
        RaftConfigurationException.Demand(
            length <= WirePath.LengthMax,
            $"The names of the actor system, the node, the group and the process make a path of {length} characters, and other nodes take "
                + $"at most {WirePath.LengthMax}. Shorten raft.group or the actor's name (RaftOptions.Name), of which a letter outside of "
                + "ASCII counts up to nine.");
    }

    private static void DemandCluster(ActorSystem system, RaftSettings settings)
    {
        if (!IsClustered(system))
        {
            throw new RaftConfigurationException(
                $"Group '{settings.Group}' has processes on other nodes, and this actor system is in no cluster. "
                + "Set akka.actor.provider = cluster, akka.cluster.roles = [raft] and akka.cluster.seed-nodes; or, where the names of the "
                + "nodes are their addresses, akka.actor.provider = remote and raft.discovery = node-names.");
        }

        if (!Cluster.Get(system).SelfRoles.Contains(ClusterNodes.Role))
        {
            throw new RaftConfigurationException(
                $"This node lacks the role '{ClusterNodes.Role}', so the other nodes would not look for '{settings.Self}' on it. "
                + $"Set akka.cluster.roles = [{ClusterNodes.Role}].");
        }
    }

    private static void DemandNames(RaftSettings settings)
    {
        foreach (var name in settings.Roster.Append(settings.Self))
        {
            RaftConfigurationException.Demand(
                RaftAddress.Of(name.Node) is not null, $"The node of '{name}' is wrong. {RaftAddress.WhyNone(name.Node)}");
        }
    }

    // Other nodes send to the address in the name. The transport drops messages to an address that differs from its own in any character.
    private static void DemandAddresses(ActorSystem system, RaftSettings settings)
    {
        var own = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        if (IsLocal(system))
        {
            throw new RaftConfigurationException(
                "raft.discovery is node-names, and this actor system has no address. Set akka.actor.provider = remote or cluster, and "
                + $"hostname and port in {AkkaRemoting.Section} as the name of the node says, '{settings.Self.Node}'.");
        }

        foreach (var name in settings.Roster.Append(settings.Self))
        {
            if (!NodeAddress.IsAddress(name.Node))
            {
                throw new RaftConfigurationException(
                    $"The node of '{name}' is no address, and raft.discovery is node-names. Write host:port, or :port for 127.0.0.1. Where "
                        + "the nodes of an Akka.Cluster have other names, set raft.discovery = cluster.");
            }
        }

        if (NodeAddress.Of(settings.Self.Node, own) is { } named && !named.Equals(own))
        {
            throw new RaftConfigurationException(
                $"This node is named '{settings.Self.Node}', where others would look for it at {named}, and it listens as {own}. Make "
                + $"raft.node and {AkkaRemoting.Section} (public-hostname or hostname, and port) the same.");
        }
    }
}
