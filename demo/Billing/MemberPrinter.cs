using Akka.Actor;
using Akka.Cluster;

namespace Billing;

/// <summary>Prints what this node sees of the other members.</summary>
internal sealed class MemberPrinter : ReceiveActor
{
    public MemberPrinter(int[] ports)
    {
        Receive<ClusterEvent.MemberUp>(each => Print(each.Member, "is up"));
        Receive<ClusterEvent.UnreachableMember>(each => Print(each.Member, "is unreachable"));
        Receive<ClusterEvent.ReachableMember>(each => Print(each.Member, "is reachable again"));
        Receive<ClusterEvent.MemberDowned>(each => Print(each.Member, "is downed"));
        Receive<ClusterEvent.MemberRemoved>(each => Print(each.Member, "is removed"));

        void Print(Member member, string what) => Console.WriteLine($"node {Array.IndexOf(ports, member.Address.Port) + 1} {what}");
    }

    protected override void PreStart() => Cluster.Get(Context.System).Subscribe(
        Self,
        ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent),
        typeof(ClusterEvent.IReachabilityEvent));
}
