using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors;

/// <summary>A raft process at a glance; its text is one line.</summary>
/// <param name="Serial">The highest serial that the actor has been handed.</param>
/// <param name="Committed">The highest serial that is committed here.</param>
public sealed record RaftStatus(
    Pid Self,
    string Group,
    Serial Serial,
    Serial Committed,
    Quorum? Quorum,
    Leader? Leader,
    IReadOnlyList<Peer> Peers)
{
    /// <summary>What it does in its term.</summary>
    public RoleKind Role { get; init; }

    /// <summary>The latest term that it knows of.</summary>
    public Term Term { get; init; }

    /// <summary>Who leads, on learners too; null if nobody is known to.</summary>
    public ProcessName? LedBy { get; init; }

    /// <summary>Which group this is, as its log says: two of one name are told apart by it. None before it is founded.</summary>
    public GroupUid Identity { get; init; }

    /// <summary>
    /// Who belongs to the group, by name, as last committed here. Before anything is, as the log has it that was found at the start;
    /// without one the founding roster, all of whom vote on it, or of a process that joins itself alone.
    /// </summary>
    public ImmutableArray<GroupMember> Members { get; init; } = [];

    /// <summary>Why this process takes no part in its group any more, and what to do; null as long as it does.</summary>
    public string? Fence { get; init; }

    /// <summary>Who is in the group as this process decided last when it led, and why; null if it never did.</summary>
    public string? Decision { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Self} {Self.Name} of {Group}: serial {Serial}, committed {Committed}, "
        + (Quorum is null ? "no quorum" : $"{(Quorum.IsMember ? "member" : "learner")} of a quorum of {Quorum.Size}")
        + (Leader is null ? "" : $", leader {Leader.Pid} in term {Leader.Term}")
        + $", {Peers.Count} peers"
        + (Fence is null ? "" : $", shut out: {Fence}")
        + (Decision is null ? "" : $", decided: {Decision}");
}
