using Akka.Actor;
using Akka.Cluster;

using ClusterMember = Akka.Cluster.Member;

namespace RaftActors.Discovery;

/// <summary>The nodes of the Akka.Cluster with the role <c>raft</c>.</summary>
internal sealed class ClusterNodes(Cluster cluster) : INodeSource
{
    public const string Role = "raft";

    public string WhyNoNodes => cluster.State.Members.IsEmpty
        ? "This node has joined no Akka.Cluster, because none of its akka.cluster.seed-nodes has answered. Only the first of them may form "
            + "a new cluster. Start that node, or use raft.discovery = node-names, which needs no seed node."
        : $"No other node with the role '{Role}' is in the Akka.Cluster of this one, which has the members "
            + $"{string.Join(", ", cluster.State.Members.Select(member => $"{member.Address} ({member.Status})"))}. If the other nodes "
            + "are in a cluster of their own, restart this node while they run, and name the same three nodes in "
            + "akka.cluster.seed-nodes everywhere.";

    public void Start(IActorRef registry) => cluster.Subscribe(
        registry,
        ClusterEvent.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp),
        typeof(ClusterEvent.MemberRemoved));

    public void Stop(IActorRef registry) => cluster.Unsubscribe(registry);

    public IEnumerable<NodeNews>? Read(object message) => message switch
    {
        ClusterEvent.MemberUp { Member: var member } when IsOther(member) => [new NodeNews.Named(member.Address)],
        ClusterEvent.MemberRemoved { Member.Address: var address } => [new NodeNews.Unnamed(address)],
        ClusterEvent.IClusterDomainEvent => [],
        _ => null,
    };

    private bool IsOther(ClusterMember member) => member.HasRole(Role) && !member.Address.Equals(cluster.SelfAddress);
}
