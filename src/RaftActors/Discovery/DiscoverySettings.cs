using System.Collections.Immutable;

using Akka.Configuration;

namespace RaftActors.Discovery;

/// <summary>How this node finds the others, for the node as a whole.</summary>
/// <param name="IsByNames">A node's name is its address; otherwise Akka.Cluster knows the nodes.</param>
/// <param name="Contacts">Names of nodes that are greeted whether a group names them or not; only where names are addresses.</param>
/// <param name="Interval">Between two greetings of a node that has not answered.</param>
internal sealed record DiscoverySettings(bool IsByNames, ImmutableArray<string> Contacts, TimeSpan Interval)
{
    /// <exception cref="RaftConfigurationException">No sense can be made of it.</exception>
    public static DiscoverySettings Read(Config raft)
    {
        var contacts = raft.GetStringList("contacts");
        if (contacts.FirstOrDefault(name => !NodeAddress.IsAddress(name)) is { } wrong)
        {
            throw new RaftConfigurationException($"raft.contacts names '{wrong}', which is no address. Write host:port, or :port.");
        }

        var interval = raft.GetTimeSpan("discovery-interval", allowInfinite: false);
        RaftConfigurationException.Demand(interval > TimeSpan.Zero, $"raft.discovery-interval is {interval}; it must be above zero.");
        return new DiscoverySettings(ReadWay(raft.GetString("discovery")), [.. contacts], interval);
    }

    private static bool ReadWay(string? text) => text switch
    {
        "cluster" => false,
        "node-names" => true,
        _ => throw new RaftConfigurationException($"raft.discovery is '{text}'; it may be cluster or node-names."),
    };
}
