using System.Collections.Immutable;

using Akka.Actor;
using Akka.Cluster;

using RaftActors.Coordination.Downing;

namespace RaftActors.Coordination.Bootstrap;

/// <summary>The Akka.Cluster, as the bootstrap of one node uses it.</summary>
/// <param name="Node">The address of this node with its uid.</param>
/// <param name="Members">The members that this node sees, including itself, by their addresses with uids. Empty without a cluster.</param>
/// <param name="Join">Asks a member to accept this node. With the address of this node, it forms a cluster.</param>
internal sealed record Seat(string Node, Func<ImmutableHashSet<string>> Members, Action<Address> Join, Action Down)
{
    public bool IsMember => Members().Contains(Node);

    public static Seat Of(Cluster cluster) => new(
        ClusterView.NameOf(cluster.SelfUniqueAddress),
        () => [.. cluster.State.Members.Select(each => ClusterView.NameOf(each.UniqueAddress))],
        cluster.Join,
        () => cluster.Down(cluster.SelfAddress));
}
