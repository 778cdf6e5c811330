using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>The subscribers, and the events that a change of the gossip produces. Only the daemon uses it.</summary>
internal sealed class ClusterEventPublisher
{
    private readonly List<(IActorRef Subscriber, ImmutableHashSet<Type> To)> _subscriptions = [];

    public static ClusterEvent.CurrentClusterState StateOf(Gossip gossip, UniqueAddress self) => new(
        gossip.Members,
        [.. Unreachable(gossip, self)],
        [.. gossip.Seen.Select(node => node.Address)],
        gossip.Leader(self)?.Address,
        Roles(gossip).ToImmutableDictionary(role => role, role => gossip.Leader(self, role)?.Address));

    /// <summary>Returns the events of a change: first reachability, then members, then the leader.</summary>
    public static IEnumerable<ClusterEvent.IClusterDomainEvent> Difference(Gossip former, Gossip next, UniqueAddress self)
    {
        var missedBefore = Unreachable(former, self);
        var missedNow = Unreachable(next, self);
        foreach (var member in missedNow.Except(missedBefore))
        {
            yield return new ClusterEvent.UnreachableMember(member);
        }
        foreach (var member in missedBefore.Except(missedNow).Where(m => next.Has(m.UniqueAddress)))
        {
            yield return new ClusterEvent.ReachableMember(next.Find(member.UniqueAddress)!); // Justification: filtered for it.
        }
        foreach (var member in next.Members.Where(m => former.Find(m.UniqueAddress)?.Status != m.Status))
        {
            yield return ChangeOf(member);
        }
        foreach (var member in former.Members.Where(m => !next.Has(m.UniqueAddress)))
        {
            yield return new ClusterEvent.MemberRemoved(member.Copy(MemberStatus.Removed), member.Status);
        }
        if (next.Leader(self) is var leader && leader != former.Leader(self))
        {
            yield return new ClusterEvent.LeaderChanged(leader?.Address);
        }
        foreach (var role in Roles(former).Union(Roles(next)))
        {
            if (next.Leader(self, role) is var roleLeader && roleLeader != former.Leader(self, role))
            {
                yield return new ClusterEvent.RoleLeaderChanged(role, roleLeader?.Address);
            }
        }
    }

    public void Subscribe(ClusterCommand.Subscribe subscribe, Gossip gossip, UniqueAddress self)
    {
        if (subscribe.Mode == ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot)
        {
            subscribe.Subscriber.Tell(StateOf(gossip, self), ActorRefs.NoSender);
        }
        else
        {
            foreach (var @event in Difference(Gossip.Empty, gossip, self).Where(e => Wants(subscribe.To, e)))
            {
                subscribe.Subscriber.Tell(@event, ActorRefs.NoSender);
            }
        }
        var index = _subscriptions.FindIndex(s => s.Subscriber.Equals(subscribe.Subscriber));
        if (index < 0)
        {
            _subscriptions.Add((subscribe.Subscriber, subscribe.To));
        }
        else
        {
            _subscriptions[index] = (subscribe.Subscriber, _subscriptions[index].To.Union(subscribe.To));
        }
    }

    /// <summary>Unsubscribes from one type of event. Null: from all.</summary>
    public void Unsubscribe(IActorRef subscriber, Type? to)
    {
        var index = _subscriptions.FindIndex(s => s.Subscriber.Equals(subscriber));
        if (index >= 0)
        {
            _subscriptions[index] = (subscriber, to is null ? [] : _subscriptions[index].To.Remove(to));
            _subscriptions.RemoveAll(s => s.To.IsEmpty);
        }
    }

    public void PublishChanges(Gossip former, Gossip next, UniqueAddress self)
    {
        foreach (var @event in Difference(former, next, self))
        {
            Publish(@event);
        }
    }

    public void Publish(ClusterEvent.IClusterDomainEvent @event)
    {
        foreach (var (subscriber, to) in _subscriptions)
        {
            if (Wants(to, @event))
            {
                subscriber.Tell(@event, ActorRefs.NoSender);
            }
        }
    }

    private static bool Wants(ImmutableHashSet<Type> to, ClusterEvent.IClusterDomainEvent @event) =>
        to.Any(type => type.IsInstanceOfType(@event));

    private static ClusterEvent.IMemberEvent ChangeOf(Member member) => member.Status switch
    {
        MemberStatus.Joining => new ClusterEvent.MemberJoined(member),
        MemberStatus.WeaklyUp => new ClusterEvent.MemberWeaklyUp(member),
        MemberStatus.Up => new ClusterEvent.MemberUp(member),
        MemberStatus.Leaving => new ClusterEvent.MemberLeft(member),
        MemberStatus.Exiting => new ClusterEvent.MemberExited(member),
        _ => new ClusterEvent.MemberDowned(member),
    };

    // A node does not count itself as unreachable, even if others do.
    private static ImmutableSortedSet<Member> Unreachable(Gossip gossip, UniqueAddress self)
    {
        var missed = gossip.TrustedReachability.AllUnreachable;
        return [.. gossip.Members.Where(m => missed.Contains(m.UniqueAddress) && !m.UniqueAddress.Equals(self))];
    }

    private static ImmutableSortedSet<string> Roles(Gossip gossip) =>
        gossip.Members.SelectMany(m => m.Roles).ToImmutableSortedSet(StringComparer.Ordinal);
}
