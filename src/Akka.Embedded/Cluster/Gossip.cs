using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// What a node knows of the cluster: immutable, every method gives a new one. The version orders two gossips; seen lists who
/// is known to hold exactly this version.
/// Invariant: seen and reachability speak of members only, and no member is Removed.
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

    /// <summary>The leaders' opinion without that of members which are down.</summary>
    public Reachability TrustedReachability =>
        Reachability.WithoutObservers(Members.Where(m => m.Status == MemberStatus.Down).Select(m => m.UniqueAddress));

    public Member? Find(UniqueAddress node) =>
        Members.TryGetValue(new Member(node, 0, MemberStatus.Joining, []), out var found) ? found : null;

    public bool Has(UniqueAddress node) => Find(node) is not null;

    /// <summary>With these members as they are now; the version is stamped by its author, who alone has seen it.</summary>
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

    /// <summary>Without these members. All that is said by or about them goes too.</summary>
    public Gossip Remove(UniqueAddress author, IReadOnlyCollection<UniqueAddress> removed)
    {
        var members = Members.Where(m => !removed.Contains(m.UniqueAddress)).ToImmutableSortedSet();
        bool IsMember(UniqueAddress node) => members.Any(m => m.UniqueAddress.Equals(node));
        return new Gossip(members, [author], Reachability.Keep(IsMember), Version.Increment(author).Prune(IsMember));
    }

    public Gossip SeenBy(UniqueAddress node) =>
        Seen.Contains(node) ? this : new Gossip(Members, Seen.Add(node), Reachability, Version);

    /// <summary>Of the same version: who has seen it by either account.</summary>
    public Gossip MergeSeen(Gossip other) => new(Members, Seen.Union(other.Seen), Reachability, Version);

    /// <summary>
    /// Two gossips that diverged, made one; nobody has seen it yet. A member that only one side knows stays, unless it was on
    /// its way out there: then the other side has removed it already.
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
    /// Whether all that count hold this version: every member that is Up or Leaving has seen it, and whoever is unreachable is
    /// on its way out. Only then may the leader act. Exiting members that said goodbye are not waited for.
    /// </summary>
    public bool IsConverged(UniqueAddress self, IReadOnlySet<UniqueAddress> exitingConfirmed) =>
        TrustedReachability.AllUnreachable
            .Where(node => !node.Equals(self) && !exitingConfirmed.Contains(node))
            .All(node => Find(node)!.Status is MemberStatus.Down or MemberStatus.Exiting)
        && Members
            .Where(m => m.Status is MemberStatus.Up or MemberStatus.Leaving && !exitingConfirmed.Contains(m.UniqueAddress))
            .All(m => Seen.Contains(m.UniqueAddress));

    /// <summary>
    /// The lowest address that is Up or Leaving and reachable by all; every node computes the same one from the same gossip.
    /// Before anyone is Up, and when all are on their way out, the lowest of those that are furthest from the exit.
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
            throw new InvalidOperationException($"A gossip must not hold the removed {removed}.");
        }
        if (Seen.Concat(Reachability.Rows.Keys).Concat(Reachability.AllUnreachable).FirstOrDefault(n => !Has(n)) is { } stranger)
        {
            throw new InvalidOperationException($"A gossip speaks of {stranger}, which is no member: {this}");
        }
    }
}
