using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Who votes and who only follows. While <see cref="OldVoters"/> is not empty the configuration is joint and every decision needs a
/// majority of both sets (§6). All lists are ordered by member. The roster of the group is the union of the three.
/// </summary>
/// <param name="Group">The group's identity, minted by its founder.</param>
/// <param name="Size">K: how many are to vote. There may be fewer while nobody fit for it is there.</param>
/// <param name="Voters">The quorum members; in a joint configuration those of the new one.</param>
/// <param name="OldVoters">In a joint configuration the voters of the old one, otherwise empty.</param>
/// <param name="Learners">Replicated to and never counted.</param>
/// <param name="FoundingSerials">The serial that each process of the founding roster had when the group was founded, by name.</param>
public sealed record Configuration(
    GroupUid Group,
    int Size,
    ImmutableArray<Member> Voters,
    ImmutableArray<Member> OldVoters,
    ImmutableArray<Member> Learners,
    ImmutableArray<FoundingSerial> FoundingSerials)
{
    /// <summary>Two majorities decide.</summary>
    public bool IsJoint => !OldVoters.IsEmpty;

    /// <summary>All members of the roster, in order, each once.</summary>
    public IEnumerable<Member> Everybody() => Electorate().Union(Learners).Order();

    /// <summary>All whose vote is asked for, in order, each once.</summary>
    public IEnumerable<Member> Electorate() => Voters.Union(OldVoters).Order();

    /// <summary>The names of the roster, in order, each once.</summary>
    public IEnumerable<ProcessName> Names() => Everybody().Select(member => member.Name).Distinct();

    /// <summary>Whether the roster has a process of that name, in whatever life.</summary>
    public bool HasName(ProcessName name) => HasName(Voters, name) || HasName(Learners, name) || HasName(OldVoters, name);

    /// <summary>Whether the roster has this member.</summary>
    public bool Holds(Member member) => Voters.Contains(member) || Learners.Contains(member) || OldVoters.Contains(member);

    /// <summary>
    /// Whether every majority under this configuration and every one under the one before have a voter in common (§6): the voters are the
    /// same, the two are joined, or somebody came into a place in which nobody was ever counted.
    /// </summary>
    public bool MayFollow(Configuration before)
    {
        if (IsJoint)
        {
            return !before.IsJoint && OldVoters.SequenceEqual(before.Voters);
        }

        var absent = before.Voters.Where(member => member.Incarnation == Incarnation.None).Select(member => member.Name).ToList();
        var came = Voters.Except(before.Voters).ToList();
        return Voters.Length == before.Voters.Length && came.TrueForAll(member => absent.Contains(member.Name));
    }

    /// <summary>Whether this member votes under this configuration.</summary>
    public bool IsVoter(Member member) => Voters.Contains(member) || OldVoters.Contains(member);

    /// <inheritdoc/>
    public override string ToString() =>
        $"voters({string.Join(' ', Voters)})"
        + (Voters.Length == Size ? "" : $" of {Size}")
        + (IsJoint ? $" old({string.Join(' ', OldVoters)})" : "")
        + (Learners.IsEmpty ? "" : $" learners({string.Join(' ', Learners)})");

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
/// What a process had when the group was founded. Gets prefer the quorum member whose founding serial is the smallest that covers them.
/// </summary>
public readonly record struct FoundingSerial(ProcessName Name, Serial Serial);
