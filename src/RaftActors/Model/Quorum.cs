using System.Collections.Immutable;

namespace RaftActors;

/// <summary>
/// The processes of the group that vote, as this process sees them. The view may be older than the group's configuration; no vote and
/// no commit depends on it.
/// </summary>
public sealed record Quorum
{
    internal Quorum(ImmutableArray<ProcessName> members, bool isMember) => (Members, IsMember) = (members, isMember);

    /// <summary>
    /// The leader at the founding first, then the others by name. A complete quorum has 3, 5, 7, 9 or 11, or the length of a shorter roster
    /// (<c>raft.quorum.allow-fewer-than-three</c>).
    /// </summary>
    public ImmutableArray<ProcessName> Members { get; }

    /// <summary>True if this process votes, false if it is a learner.</summary>
    public bool IsMember { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(' ', Members)}, {(IsMember ? "member" : "learner")}";

    internal bool HasSameMembersAs(Quorum? other) =>
        other is not null && IsMember == other.IsMember && Members.SequenceEqual(other.Members);
}
