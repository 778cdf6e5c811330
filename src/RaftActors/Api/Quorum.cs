using System.Collections.Immutable;

namespace RaftActors;

/// <summary>The processes of the group that vote, as this process sees it. A view: safety never depends on it.</summary>
/// <param name="Members">The leader at founding first, then by name.</param>
/// <param name="IsMember">This process votes; otherwise it is a learner.</param>
public sealed record Quorum(ImmutableArray<Pid> Members, bool IsMember)
{
    /// <summary>How many vote: 3, 5, 7, 9 or 11; below 3 only where that was allowed.</summary>
    public int Size => Members.Length;

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(' ', Members)}, {(IsMember ? "member" : "learner")}";

    internal bool HasSameMembersAs(Quorum? other) =>
        other is not null && IsMember == other.IsMember
        && Members.Select(pid => pid.Name).SequenceEqual(other.Members.Select(pid => pid.Name));
}
