using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Who votes and who only follows. While <see cref="OldVoters"/> is not empty the configuration is joint and every decision needs a
/// majority of both sets (§6). All lists are ordered by member. The roster of the group is the union of the three.
/// </summary>
/// <param name="Group">The group's identity, minted by its founder.</param>
/// <param name="Voters">The quorum members; in a joint configuration those of the new one.</param>
/// <param name="OldVoters">In a joint configuration the voters of the old one, otherwise empty.</param>
/// <param name="Followers">Replicated to and never counted.</param>
/// <param name="FoundingSerials">The serial that each process of the founding roster had when the group was founded, by name.</param>
public sealed record Configuration(
    GroupUid Group,
    ImmutableArray<Member> Voters,
    ImmutableArray<Member> OldVoters,
    ImmutableArray<Member> Followers,
    ImmutableArray<FoundingSerial> FoundingSerials)
{
    /// <summary>Two majorities decide.</summary>
    public bool IsJoint => !OldVoters.IsEmpty;

    /// <summary>All members of the roster, in order, each once.</summary>
    public IEnumerable<Member> Everybody() => Electorate().Union(Followers).Order();

    /// <summary>All whose vote is asked for, in order, each once.</summary>
    public IEnumerable<Member> Electorate() => Voters.Union(OldVoters).Order();

    /// <summary>Whether this member votes under this configuration.</summary>
    public bool IsVoter(Member member) => Voters.Contains(member) || OldVoters.Contains(member);

    /// <inheritdoc/>
    public override string ToString() =>
        $"voters({string.Join(' ', Voters)})"
        + (IsJoint ? $" old({string.Join(' ', OldVoters)})" : "")
        + (Followers.IsEmpty ? "" : $" followers({string.Join(' ', Followers)})");
}

/// <summary>
/// What a process had when the group was founded. Gets prefer the quorum member whose founding serial is the smallest that covers them.
/// </summary>
public readonly record struct FoundingSerial(ProcessName Name, Serial Serial);
