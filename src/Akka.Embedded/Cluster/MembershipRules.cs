using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// How the membership changes: functions of a gossip that give the next one, or the same one if there is nothing to do.
/// </summary>
internal static class MembershipRules
{
    /// <summary>
    /// Takes a node in as Joining. A node at that address with another uid is the former life of the same one and surely dead,
    /// so it is declared Down and missed by this node; the newcomer gets in when the leader has removed it.
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
        return Miss(next, self, [existing.UniqueAddress]);
    }

    public static Gossip Leave(Gossip gossip, UniqueAddress self, Address address) =>
        gossip.Members.FirstOrDefault(m => m.Address.Equals(address))
            is { Status: MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up } member
            ? gossip.Update(self, [member.Copy(MemberStatus.Leaving)])
            : gossip;

    /// <summary>An operator's word that the node is gone for good. If it lives, it learns so by gossip and ends itself.</summary>
    public static Gossip Down(Gossip gossip, UniqueAddress self, Address address) =>
        gossip.Members.FirstOrDefault(m => m.Address.Equals(address)) is { Status: not MemberStatus.Down } member
            ? gossip.Update(self, [member.Copy(MemberStatus.Down)])
            : gossip;

    public static Gossip Miss(Gossip gossip, UniqueAddress self, IEnumerable<UniqueAddress> nodes) =>
        Change(gossip, self, nodes.Aggregate(gossip.Reachability, (all, node) => all.Unreachable(self, node)));

    public static Gossip Meet(Gossip gossip, UniqueAddress self, UniqueAddress node) =>
        Change(gossip, self, gossip.Reachability.Reachable(self, node));

    /// <summary>
    /// The leader's work, once all hold the same gossip: lets joining members in, shows leaving ones out, and forgets those on
    /// their way out that cannot be reached any more or have said goodbye.
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

    /// <summary>Lets joining members in, not yet counted, while somebody who is unreachable keeps the others from convergence.</summary>
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
            var former = gossip.Find(member.UniqueAddress)!; // Justification: the members are those of the gossip.
            if (former.Status != member.Status)
            {
                changed.Add(member.Status == MemberStatus.Up ? former.CopyUp(++upNumber) : member);
            }
        }
        return changed.Count == 0 ? gossip : gossip.Update(self, changed);
    }
}
