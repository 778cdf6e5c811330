using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// One node of the cluster and its status. Immutable. Two members are equal when they are the same life of the same node,
/// whatever their status.
/// </summary>
public class Member : IComparable<Member>
{
    /// <summary>By host, then by port.</summary>
    public static readonly IComparer<Address> AddressOrdering = Comparer<Address>.Create(
        (a, b) => string.CompareOrdinal(a.Host, b.Host) is var byHost && byHost != 0
            ? byHost
            : Nullable.Compare(a.Port, b.Port));

    private static readonly ImmutableDictionary<MemberStatus, ImmutableArray<MemberStatus>> AllowedTransitions =
        new Dictionary<MemberStatus, ImmutableArray<MemberStatus>>
        {
            [MemberStatus.Joining] =
                [MemberStatus.WeaklyUp, MemberStatus.Up, MemberStatus.Leaving, MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.WeaklyUp] = [MemberStatus.Up, MemberStatus.Leaving, MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.Up] = [MemberStatus.Leaving, MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.Leaving] = [MemberStatus.Exiting, MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.Exiting] = [MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.Down] = [MemberStatus.Removed],
            [MemberStatus.Removed] = [],
        }.ToImmutableDictionary();

    internal Member(UniqueAddress uniqueAddress, int upNumber, MemberStatus status, ImmutableHashSet<string> roles)
    {
        UniqueAddress = uniqueAddress;
        UpNumber = upNumber;
        Status = status;
        Roles = roles;
    }

    /// <summary>The up number of a member that is not up yet: younger than all.</summary>
    internal const int NotYetUp = int.MaxValue;

    public UniqueAddress UniqueAddress { get; }

    public Address Address => UniqueAddress.Address;

    public MemberStatus Status { get; }

    public ImmutableHashSet<string> Roles { get; }

    /// <summary>Counts the members in the order in which leaders let them in.</summary>
    internal int UpNumber { get; }

    public bool HasRole(string role) => Roles.Contains(role);

    /// <summary>Whether this one became Up before the other; of two that came up together, the lower address is the older.</summary>
    public bool IsOlderThan(Member other) =>
        UpNumber == other.UpNumber ? CompareTo(other) < 0 : UpNumber < other.UpNumber;

    /// <summary>The same node with another status.</summary>
    /// <exception cref="InvalidOperationException">The life of a member knows no such step.</exception>
    public Member Copy(MemberStatus status)
    {
        if (status == Status)
        {
            return this;
        }
        return AllowedTransitions[Status].Contains(status)
            ? new Member(UniqueAddress, UpNumber, status, Roles)
            : throw new InvalidOperationException($"Invalid member status transition [{Status}] -> [{status}] of {this}");
    }

    public Member CopyUp(int upNumber) => new(UniqueAddress, upNumber, Copy(MemberStatus.Up).Status, Roles);

    public int CompareTo(Member? other) => UniqueAddress.CompareTo(other?.UniqueAddress);

    public override bool Equals(object? obj) => obj is Member other && UniqueAddress.Equals(other.UniqueAddress);

    public override int GetHashCode() => UniqueAddress.GetHashCode();

    public override string ToString() =>
        $"Member(address = {Address}, Uid={UniqueAddress.Uid} status = {Status}, "
        + $"role=[{string.Join(",", Roles.Order(StringComparer.Ordinal))}], upNumber={UpNumber})";

    /// <summary>Of two views of one node, the later: statuses only go forward, and Down beats all but Removed.</summary>
    public static Member HighestPriorityOf(Member m1, Member m2)
    {
        if (m1.Status == m2.Status)
        {
            // Both are the same step of the same life; only the age may have been known on one side alone.
            return m1.IsOlderThan(m2) ? m1 : m2;
        }
        return Rank(m1.Status) > Rank(m2.Status) ? m1 : m2;

        static int Rank(MemberStatus status) => status switch
        {
            MemberStatus.Joining => 0,
            MemberStatus.WeaklyUp => 1,
            MemberStatus.Up => 2,
            MemberStatus.Leaving => 3,
            MemberStatus.Exiting => 4,
            MemberStatus.Down => 5,
            _ => 6,
        };
    }
}
