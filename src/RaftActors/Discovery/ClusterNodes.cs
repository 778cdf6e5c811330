using Akka.Actor;
using Akka.Cluster;

using ClusterMember = Akka.Cluster.Member;

namespace RaftActors.Discovery;

/// <summary>The nodes of the Akka.Cluster that have the role <c>raft</c>. Which ones are silent it knows too.</summary>
internal sealed class ClusterNodes(Cluster cluster) : INodeSource
{
    /// <summary>Nodes of the cluster that lack this role are not looked at.</summary>
    public const string Role = "raft";

    public void Start(IActorRef registry) => cluster.Subscribe(
        registry,
        ClusterEvent.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp),
        typeof(ClusterEvent.MemberRemoved),
        typeof(ClusterEvent.IReachabilityEvent));

    public void Stop(IActorRef registry) => cluster.Unsubscribe(registry);

    public IEnumerable<NodeNews> Read(object message) => message switch
    {
        ClusterEvent.MemberUp { Member: var member } when IsOther(member) => [new NodeNews.Named(member.Address)],
        ClusterEvent.MemberRemoved { Member.Address: var address } =>
            [new NodeNews.Unreachable(address), new NodeNews.Unnamed(address)],
        ClusterEvent.UnreachableMember { Member.Address: var address } => [new NodeNews.Unreachable(address)],
        ClusterEvent.ReachableMember { Member.Address: var address } => [new NodeNews.Reachable(address)],
        _ => [],
    };

    private bool IsOther(ClusterMember member) => member.HasRole(Role) && !member.Address.Equals(cluster.SelfAddress);
}
