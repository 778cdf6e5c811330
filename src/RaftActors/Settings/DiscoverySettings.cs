using System.Collections.Immutable;

using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>How this node finds the other nodes. The settings are of the whole node.</summary>
/// <param name="IsByNames">
/// True if a node's name is its address. False if Akka.Cluster knows the nodes.
/// </param>
/// <param name="Contacts">Nodes to connect to even if no group names them. Only for nodes whose names are addresses.</param>
/// <param name="Interval">The time between two attempts to connect to a node.</param>
internal sealed record DiscoverySettings(bool IsByNames, ImmutableArray<string> Contacts, TimeSpan Interval)
{
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static DiscoverySettings Read(Config raft)
    {
        var contacts = raft.ReadList("contacts");
        var isAtName = RaftAddress.IsUsedIn(raft);
        var isByNames = raft.ReadText("discovery") == "node-names" || isAtName;
        if (contacts.FirstOrDefault(name => isAtName ? RaftAddress.Of(name) is null : !NodeAddress.IsAddress(name)) is { } wrong)
        {
            throw new RaftConfigurationException(isAtName
                ? $"raft.contacts is wrong. {RaftAddress.WhyNone(wrong)}"
                : $"raft.contacts names '{wrong}', which is no address. Write host:port, or :port.");
        }

        // A node that shards move to is in no roster, and in the log of a shard only once it has joined.
        return new DiscoverySettings(
            isByNames, [.. contacts.Union(isByNames ? raft.ReadList("shard-nodes") : [])], raft.ReadTime("discovery-interval"));
    }
}
