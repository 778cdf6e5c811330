using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// A node's knowledge of the cluster. Immutable. The version orders two gossips. Seen lists the nodes that are known to hold
/// exactly this version.
/// Invariant: seen and reachability contain members only, and no member is Removed.
/// </summary>
internal sealed class Gossip
{
    public static readonly Gossip Empty = new([], [], Reachability.Empty, VectorClock.Zero);

    public Gossip(
        ImmutableSortedSet<Member> members,
        ImmutableSortedSet<UniqueAddress> seen,
        Reachability reachability,
        VectorClock version)
    {
        Members = members;
        Seen = seen;
        Reachability = reachability;
        Version = version;
        AssertInvariants();
    }

    public ImmutableSortedSet<Member> Members { get; }

    public ImmutableSortedSet<UniqueAddress> Seen { get; }

    public Reachability Reachability { get; }

    public VectorClock Version { get; }

    /// <summary>The reachability without the reports of members that are Down.</summary>
    public Reachability TrustedReachability =>
        Reachability.WithoutObservers(Members.Where(m => m.Status == MemberStatus.Down).Select(m => m.UniqueAddress));

    public Member? Find(UniqueAddress node) =>
        Members.TryGetValue(new Member(node, 0, MemberStatus.Joining, []), out var found) ? found : null;

    public bool Has(UniqueAddress node) => Find(node) is not null;

    /// <summary>Returns a gossip with changed members. Its version is the author's, and only the author has seen it.</summary>
    public Gossip Update(UniqueAddress author, IEnumerable<Member> changed)
    {
        var members = Members;
        foreach (var member in changed)
        {
            members = members.Remove(member).Add(member);
        }
        return new Gossip(members, [author], Reachability, Version.Increment(author));
    }

    public Gossip Update(UniqueAddress author, Reachability reachability) =>
        new(Members, [author], reachability, Version.Increment(author));

    /// <summary>Returns a gossip without these members, and without all reports by and about them.</summary>
    public Gossip Remove(UniqueAddress author, IReadOnlyCollection<UniqueAddress> removed)
    {
        var members = Members.Where(m => !removed.Contains(m.UniqueAddress)).ToImmutableSortedSet();
        bool IsMember(UniqueAddress node) => members.Any(m => m.UniqueAddress.Equals(node));
        return new Gossip(members, [author], Reachability.Keep(IsMember), Version.Increment(author).Prune(IsMember));
    }

    public Gossip SeenBy(UniqueAddress node) =>
        Seen.Contains(node) ? this : new Gossip(Members, Seen.Add(node), Reachability, Version);

    /// <summary>Combines the seen nodes of two gossips of the same version.</summary>
    public Gossip MergeSeen(Gossip other) => new(Members, Seen.Union(other.Seen), Reachability, Version);

    /// <summary>
    /// Merges two diverged gossips. No node has seen the result yet. A member that only one side has stays. If it is Down or
    /// Exiting there, the other side has removed it already, so it is dropped.
    /// </summary>
    public Gossip Merge(Gossip other)
    {
        var members = Members.Select(m => other.Find(m.UniqueAddress) is { } theirs ? Member.HighestPriorityOf(m, theirs) : Survivor(m))
            .Concat(other.Members.Where(m => !Has(m.UniqueAddress)).Select(Survivor))
            .OfType<Member>()
            .ToImmutableSortedSet();
        bool IsMember(UniqueAddress node) => members.Any(m => m.UniqueAddress.Equals(node));
        return new Gossip(
            members,
            [],
            Reachability.Merge(other.Reachability).Keep(IsMember),
            Version.Merge(other.Version).Prune(IsMember));

        static Member? Survivor(Member member) => member.Status is MemberStatus.Down or MemberStatus.Exiting ? null : member;
    }

    /// <summary>
    /// Returns whether the gossip has converged, so that the leader may act. Every member that is Up or Leaving has seen this
    /// version, and every unreachable member is Down or Exiting. Exiting members that have confirmed are ignored.
    /// </summary>
    public bool IsConverged(UniqueAddress self, IReadOnlySet<UniqueAddress> exitingConfirmed) =>
        TrustedReachability.AllUnreachable
            .Where(node => !node.Equals(self) && !exitingConfirmed.Contains(node))
            .All(node => Find(node)!.Status is MemberStatus.Down or MemberStatus.Exiting)
        && Members
            .Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving && !exitingConfirmed.Contains(m.UniqueAddress))
            .All(m => Seen.Contains(m.UniqueAddress));

    /// <summary>
    /// Returns the leader: the lowest address that is Up or Leaving and reachable by all. Every node computes the same leader from the
    /// same gossip. Without such a member, a WeaklyUp one leads, else a Joining one, else an Exiting one.
    /// </summary>
    public UniqueAddress? Leader(UniqueAddress self, string? role = null)
    {
        var unreachable = TrustedReachability.AllUnreachable;
        return Members
            .Where(m => role is null || m.HasRole(role))
            .Where(m => m.Status != MemberStatus.Down && (m.UniqueAddress.Equals(self) || !unreachable.Contains(m.UniqueAddress)))
            .OrderBy(m => m.Status switch
            {
                MemberStatus.Up or MemberStatus.Leaving => 0,
                MemberStatus.WeaklyUp => 1,
                MemberStatus.Joining => 2,
                _ => 3,
            })
            .ThenBy(m => m)
            .FirstOrDefault()?.UniqueAddress;
    }

    public override string ToString() =>
        $"Gossip(members = [{string.Join(", ", Members)}], seen = [{string.Join(", ", Seen)}], {Reachability}, {Version})";

    private void AssertInvariants()
    {
        if (Members.FirstOrDefault(m => m.Status == MemberStatus.Removed) is { } removed)
        {
            throw new InvalidOperationException($"A gossip must not contain the removed member {removed}.");
        }
        if (Seen.Concat(Reachability.Rows.Keys).Concat(Reachability.AllUnreachable).FirstOrDefault(n => !Has(n)) is { } stranger)
        {
            throw new InvalidOperationException($"The gossip refers to {stranger}, which is not a member: {this}");
        }
    }
}
