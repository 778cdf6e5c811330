using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors;

/// <summary>A process that belongs to the group, running or not.</summary>
public sealed record GroupMember
{
    internal GroupMember(ProcessName name, bool isVoter, bool neverVotes = false) =>
        (Name, IsVoter, NeverVotes) = (name, isVoter, neverVotes);

    /// <summary>The full name of the process.</summary>
    public ProcessName Name { get; }

    /// <summary>True for a quorum member, false for a learner.</summary>
    public bool IsVoter { get; }

    /// <summary>True for a learner that was added to the group as one that never votes.</summary>
    public bool NeverVotes { get; }

    /// <summary>
    /// The incarnations that the group has of the process, one for each store; none if it has not come yet. There are two while a process
    /// that lost its store waits for its vote, or if a second process of this name came while the first one was cut off.
    /// <see cref="RaftClient.LeaveAsync"/> can remove one of them.
    /// </summary>
    public ImmutableArray<Incarnation> Incarnations { get; internal init; } = [];

    /// <summary>The members by name. A learner with the name of a voter, another incarnation of it, is the same member.</summary>
    internal static ImmutableArray<GroupMember> AllOf(Configuration configuration) =>
        [.. configuration.Everybody().GroupBy(member => member.Name).Select(members => new GroupMember(
            members.Key,
            isVoter: configuration.Voters.Any(voter => voter.Name == members.Key),
            neverVotes: configuration.NonVoters.Contains(members.Key))
        {
            Incarnations = [.. members.Select(member => member.Incarnation).Where(one => one != Incarnation.None)],
        })];

    /// <inheritdoc/>
    public bool Equals(GroupMember? other) =>
        other is not null && Name == other.Name && (IsVoter, NeverVotes) == (other.IsVoter, other.NeverVotes)
        && Incarnations.SequenceEqual(other.Incarnations);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, IsVoter, NeverVotes, Incarnations.Length);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} ({(IsVoter ? "voter" : NeverVotes ? "non-voter" : "learner")}{string.Concat(Incarnations.Select(one => $" #{one}"))})";
}
