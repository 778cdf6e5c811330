using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>The rules of membership. Each function returns the next gossip, or the same one if nothing changes.</summary>
internal static class MembershipRules
{
    /// <summary>
    /// Adds a node as Joining. A member at the same address with another uid is an earlier incarnation of the node. It is declared
    /// Down and unreachable. The new node can join when the leader has removed it.
    /// </summary>
    public static Gossip Join(Gossip gossip, UniqueAddress self, UniqueAddress node, ImmutableHashSet<string> roles)
    {
        var existing = gossip.Members.FirstOrDefault(m => m.Address.Equals(node.Address));
        if (existing is null)
        {
            return gossip.Update(self, [new Member(node, Member.NotYetUp, MemberStatus.Joining, roles)]);
        }
        if (existing.UniqueAddress.Equals(node))
        {
            return gossip;
        }
        var next = existing.Status == MemberStatus.Exiting ? gossip : Down(gossip, self, node.Address);
        return MarkUnreachable(next, self, [existing.UniqueAddress]);
    }

    public static Gossip Leave(Gossip gossip, UniqueAddress self, Address address) =>
        gossip.Members.FirstOrDefault(m => m.Address.Equals(address))
            is { Status: MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up } member
            ? gossip.Update(self, [member.Copy(MemberStatus.Leaving)])
            : gossip;

    /// <summary>Declares a node Down on an operator's request. If the node is alive, it learns this by gossip and terminates.</summary>
    public static Gossip Down(Gossip gossip, UniqueAddress self, Address address) =>
        gossip.Members.FirstOrDefault(m => m.Address.Equals(address)) is { Status: not MemberStatus.Down } member
            ? gossip.Update(self, [member.Copy(MemberStatus.Down)])
            : gossip;

    public static Gossip MarkUnreachable(Gossip gossip, UniqueAddress self, IEnumerable<UniqueAddress> nodes) =>
        Change(gossip, self, nodes.Aggregate(gossip.Reachability, (all, node) => all.Unreachable(self, node)));

    public static Gossip MarkReachable(Gossip gossip, UniqueAddress self, UniqueAddress node) =>
        Change(gossip, self, gossip.Reachability.Reachable(self, node));

    /// <summary>
    /// Performs the leader's actions on a converged gossip. Joining members become Up and Leaving members become Exiting. Down and
    /// Exiting members are removed if they are unreachable or have confirmed.
    /// </summary>
    public static Gossip LeaderActions(Gossip gossip, UniqueAddress self, IReadOnlySet<UniqueAddress> exitingConfirmed, int minNrOfMembers)
    {
        var unreachable = gossip.TrustedReachability.AllUnreachable;
        var removed = gossip.Members
            .Where(m => m.Status is MemberStatus.Down or MemberStatus.Exiting && !m.UniqueAddress.Equals(self))
            .Select(m => m.UniqueAddress)
            .Where(node => unreachable.Contains(node) || exitingConfirmed.Contains(node))
            .ToHashSet();
        var isEnough = gossip.Members.Count(m => m.Status is not (MemberStatus.Down or MemberStatus.Exiting)) >= minNrOfMembers;
        var changed = gossip.Members.Select(m => m.Status switch
        {
            MemberStatus.Joining or MemberStatus.WeaklyUp when isEnough => m.Copy(MemberStatus.Up),
            MemberStatus.Leaving => m.Copy(MemberStatus.Exiting),
            _ => m,
        });
        var next = Replace(gossip, self, changed);
        return removed.Count == 0 ? next : next.Remove(self, removed);
    }

    /// <summary>Makes joining members WeaklyUp while an unreachable member prevents convergence. They are not counted yet.</summary>
    public static Gossip WeaklyUp(Gossip gossip, UniqueAddress self) =>
        Replace(gossip, self, gossip.Members.Select(m => m.Status == MemberStatus.Joining ? m.Copy(MemberStatus.WeaklyUp) : m));

    private static Gossip Change(Gossip gossip, UniqueAddress self, Reachability reachability) =>
        ReferenceEquals(reachability, gossip.Reachability) ? gossip : gossip.Update(self, reachability);

    private static Gossip Replace(Gossip gossip, UniqueAddress self, IEnumerable<Member> members)
    {
        var upNumber = gossip.Members.Where(m => m.UpNumber != Member.NotYetUp).Select(m => m.UpNumber).DefaultIfEmpty().Max();
        var changed = new List<Member>();
        foreach (var member in members)
        {
            var former = gossip.Find(member.UniqueAddress)!; // Justification: all members come from this gossip.
            if (former.Status != member.Status)
            {
                changed.Add(member.Status == MemberStatus.Up ? former.CopyUp(++upNumber) : member);
            }
        }
        return changed.Count == 0 ? gossip : gossip.Update(self, changed);
    }
}
