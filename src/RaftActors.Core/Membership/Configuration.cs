using System.Collections.Immutable;

using RaftActors.Core.Codec;

namespace RaftActors.Core;

/// <summary>
/// The voters and learners of a group. While <see cref="OldVoters"/> is not empty, the configuration is joint: every decision needs a
/// majority of both sets (§6). All lists are ordered by member. The roster is the union of the three.
/// </summary>
/// <param name="Group">The group's identity, minted by its founder.</param>
/// <param name="Size">K, the number of voters wanted. There are fewer while too few processes can vote.</param>
/// <param name="Voters">The quorum members, or in a joint configuration the new ones.</param>
/// <param name="OldVoters">In a joint configuration the old voters, otherwise empty.</param>
/// <param name="Learners">The processes that receive entries and do not vote.</param>
/// <param name="FoundingSerials">The serial that each process of the founding roster had when the group was founded, by name.</param>
internal sealed record Configuration(
    GroupUid Group,
    int Size,
    ImmutableArray<Member> Voters,
    ImmutableArray<Member> OldVoters,
    ImmutableArray<Member> Learners,
    ImmutableArray<FoundingSerial> FoundingSerials)
{
    /// <summary>
    /// The largest K of this group: odd, 3 to 11. The founder writes its own <see cref="CoreOptions.MaxQuorum"/>, and
    /// <see cref="MemberChange.SetMaxQuorum"/> changes it.
    /// </summary>
    public int MaxQuorum { get; init; } = QuorumSize.Max;

    /// <summary>
    /// The names of the members that never vote, in order. They are learners, whatever becomes of the voters, and do not count for K.
    /// </summary>
    public ImmutableArray<ProcessName> NonVoters { get; init; } = [];

    /// <summary>
    /// The version of the group, which each member's program has. <see cref="MemberChange.Raise"/> raises it, and nothing lowers it. A new
    /// group has the lowest format level, because the groups of a directory share its log. If a group that is founded during an upgrade
    /// had a higher one, no group of the directory could return to the old program. The logic version of a new group is the highest that
    /// all its founders have.
    /// </summary>
    public GroupVersion Version { get; init; } = GroupVersion.Lowest;

    /// <summary>
    /// The number that makes a stamp of a serial when it is added, or 0. The stamp is higher than that of every earlier pair, even of
    /// those that a restore or the recovery of a lost majority has dropped. It applies to the pairs after this configuration.
    /// </summary>
    public long Era { get; init; }

    /// <summary>
    /// The log was restored from a backup, or recovered without a majority, so the first leader begins an era. Survivors have applied the
    /// entries before its first one with the old era, so they must keep it.
    /// </summary>
    public bool IsRestored { get; init; }

    internal bool IsJoint => !OldVoters.IsEmpty;

    /// <summary>All members of the roster, in order, each once.</summary>
    internal IEnumerable<Member> Everybody() => Electorate().Union(Learners).Order();

    /// <summary>All voters, old and new, in order, each once.</summary>
    internal IEnumerable<Member> Electorate() => Voters.Union(OldVoters).Order();

    /// <summary>The names of the roster, in order, each once.</summary>
    internal IEnumerable<ProcessName> Names() => Everybody().Select(member => member.Name).Distinct();

    /// <summary>The number of processes that may vote. K follows from it.</summary>
    internal int Electable => Names().Count() - NonVoters.Length;

    internal bool MayVote(Member member) => !NonVoters.Contains(member.Name);

    internal bool HasName(ProcessName name) => HasName(Voters, name) || HasName(Learners, name) || HasName(OldVoters, name);

    internal bool Holds(Member member) => Voters.Contains(member) || Learners.Contains(member) || OldVoters.Contains(member);

    /// <summary>
    /// Tells whether the process has a place, and this incarnation of it was not taken in. The place is kept for an absent process, or an
    /// earlier incarnation has it.
    /// </summary>
    internal bool Awaits(Member member) => !Holds(member) && HasName(member.Name);

    /// <summary>
    /// Tells whether each majority of this configuration shares a voter with each majority of the one before (§6). That holds if the
    /// voters are the same, if the two are joint, or if a newcomer took a place in which no vote was ever counted.
    /// </summary>
    internal bool MayFollow(Configuration before)
    {
        if (IsJoint)
        {
            return !before.IsJoint && OldVoters.SequenceEqual(before.Voters);
        }

        var absent = before.Voters.Where(member => member.Incarnation == Incarnation.None).Select(member => member.Name).ToList();
        var came = Voters.Except(before.Voters).ToList();
        return Voters.Length == before.Voters.Length && came.TrueForAll(member => absent.Contains(member.Name));
    }

    internal bool IsVoter(Member member) => Voters.Contains(member) || OldVoters.Contains(member);

    /// <summary>Returns this configuration in a restored or recovered log, in place of an earlier one.</summary>
    internal Configuration InPlaceOf(Configuration before) =>
        this with { Era = before.Era, IsRestored = true, Version = before.Version };

    /// <summary>Returns entries of such a log, with this configuration in place of theirs.</summary>
    internal LogSlice In(LogSlice entries) => [.. entries.Select(entry => entry.Configuration is { } before
        ? entry with { Payload = new Payload.Reconfigure(InPlaceOf(before)) }
        : entry)];

    public override string ToString() =>
        $"voters({string.Join(' ', Voters)})"
        + (Voters.Length == Size ? "" : $" of {Size}")
        + (IsJoint ? $" old({string.Join(' ', OldVoters)})" : "")
        + (Learners.IsEmpty ? "" : $" learners({string.Join(' ', Learners)})")
        + (NonVoters.IsEmpty ? "" : $" never vote({string.Join(' ', NonVoters)})")
        + (MaxQuorum < QuorumSize.Max ? $" max {MaxQuorum}" : "")
        + (Version.Format > FormatRange.Own.Lowest ? $" format level {Version.Format}" : "")
        + (Version.Logic > 1 ? $" logic version {Version.Logic}" : "")
        + (Era > 0 ? $" era {Era}" : "")
        + (IsRestored ? " restored" : "");

    private static bool HasName(ImmutableArray<Member> members, ProcessName name)
    {
        foreach (var member in members)
        {
            if (member.Name == name)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>
/// The serial that a process had when the group was founded. A Get goes to the quorum member with the smallest founding serial that covers
/// it.
/// </summary>
internal readonly record struct FoundingSerial(ProcessName Name, Serial Serial);
