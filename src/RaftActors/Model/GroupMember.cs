using System.Collections.Immutable;

namespace RaftActors;

/// <summary>A process that belongs to the group, running or not.</summary>
public sealed record GroupMember
{
    internal GroupMember(ProcessName name, bool isVoter) => (Name, IsVoter) = (name, isVoter);

    /// <summary>The full name of the process.</summary>
    public ProcessName Name { get; }

    /// <summary>True for a quorum member, false for a learner.</summary>
    public bool IsVoter { get; }

    /// <summary>
    /// The incarnations that the group has of the process, one for each store; none if it has not come yet. There are two while a process
    /// that lost its store waits for its vote, or if a second process of this name came while the first one was cut off.
    /// <see cref="RaftContext{TValue}.Leave"/> can remove one of them.
    /// </summary>
    public ImmutableArray<Incarnation> Incarnations { get; internal init; } = [];

    /// <inheritdoc/>
    public bool Equals(GroupMember? other) =>
        other is not null && Name == other.Name && IsVoter == other.IsVoter && Incarnations.SequenceEqual(other.Incarnations);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, IsVoter, Incarnations.Length);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name} ({(IsVoter ? "voter" : "learner")}{string.Concat(Incarnations.Select(one => $" #{one}"))})";
}
