using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// A node of the cluster and its status. Immutable. Two members are equal if their addresses and uids are equal, whatever their
/// status.
/// </summary>
public class Member : IComparable<Member>
{
    /// <summary>Compares by host, then by port.</summary>
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

    /// <summary>The up number of a member that is not Up yet. It counts as the youngest.</summary>
    internal const int NotYetUp = int.MaxValue;

    public UniqueAddress UniqueAddress { get; }

    public Address Address => UniqueAddress.Address;

    public MemberStatus Status { get; }

    public ImmutableHashSet<string> Roles { get; }

    /// <summary>Numbers the members in the order in which they became Up.</summary>
    internal int UpNumber { get; }

    public bool HasRole(string role) => Roles.Contains(role);

    /// <summary>Returns whether this member became Up before the other. If both became Up together, the lower address is older.</summary>
    public bool IsOlderThan(Member other) =>
        UpNumber == other.UpNumber ? CompareTo(other) < 0 : UpNumber < other.UpNumber;

    /// <summary>Returns the same node with another status.</summary>
    /// <exception cref="InvalidOperationException">The transition is not allowed.</exception>
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

    /// <summary>Returns the later of two states of one node. A status only moves forward, and Down precedes only Removed.</summary>
    public static Member HighestPriorityOf(Member m1, Member m2)
    {
        if (m1.Status == m2.Status)
        {
            // Both have the same status. Only one side may know the age.
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

/// <summary>The status of a member: Joining, Up, Leaving, Exiting, Removed. An operator may set Down from any of them.</summary>
public enum MemberStatus
{
    Joining = 0,
    Up = 1,
    Leaving = 2,
    Exiting = 3,
    Down = 4,
    Removed = 5,
    /// <summary>Admitted while some member is unreachable, and not yet counted. Becomes Up on convergence.</summary>
    WeaklyUp = 6,
}

/// <summary>One incarnation of an actor system. A restarted system has the same address and another uid.</summary>
public class UniqueAddress(Address address, int uid) : IComparable<UniqueAddress>, IEquatable<UniqueAddress>
{
    public Address Address { get; } = address;

    public int Uid { get; } = uid;

    public bool Equals(UniqueAddress? other) => other is not null && Uid == other.Uid && Address.Equals(other.Address);

    public override bool Equals(object? obj) => Equals(obj as UniqueAddress);

    public override int GetHashCode() => Uid;

    /// <summary>Compares by host and port, then by uid.</summary>
    public int CompareTo(UniqueAddress? uniqueAddress)
    {
        if (uniqueAddress is null)
        {
            return 1;
        }

        var byAddress = Member.AddressOrdering.Compare(Address, uniqueAddress.Address);
        return byAddress != 0 ? byAddress : Uid.CompareTo(uniqueAddress.Uid);
    }

    public override string ToString() => $"UniqueAddress: ({Address}, {Uid})";

    public static bool operator ==(UniqueAddress? left, UniqueAddress? right) => Equals(left, right);

    public static bool operator !=(UniqueAddress? left, UniqueAddress? right) => !Equals(left, right);
}
