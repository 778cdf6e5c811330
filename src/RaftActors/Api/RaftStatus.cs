using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors;

/// <summary>The state of one raft process, from its actor and its engine. <see cref="ToString"/> gives one line.</summary>
/// <param name="Self">The process.</param>
/// <param name="Group">The group id.</param>
/// <param name="Serial">The highest serial that was delivered to the actor.</param>
/// <param name="Committed">The highest serial that is known as committed on this process.</param>
/// <param name="Quorum">The quorum; null before it is built and after it is lost.</param>
/// <param name="Leader">The leader that the actor knows; null if it knows none.</param>
/// <param name="Peers">The other processes that this process has met, by name.</param>
public sealed record RaftStatus(
    ProcessName Self,
    string Group,
    Serial Serial,
    Serial Committed,
    Quorum? Quorum,
    Leader? Leader,
    IReadOnlyList<Peer> Peers)
{
    internal const int QuarantinedMax = 100;

    /// <summary>The Raft role of the process in its term.</summary>
    public RaftRole Role { get; init; }

    /// <summary>The latest term that the process knows.</summary>
    public Term Term { get; init; }

    /// <summary>The leader that the engine knows; null if it knows none. Set on learners, too.</summary>
    public ProcessName? LedBy { get; init; }

    /// <summary>
    /// The uuid of the group, minted at its founding. It distinguishes two groups with one id. <see cref="GroupUid.None"/> before the
    /// founding.
    /// </summary>
    public GroupUid Identity { get; init; }

    /// <summary>
    /// The members of the group by name, as last committed on this process. Before the first commit: the members in the log at the
    /// start. With an empty log: the roster with all processes as voters, or on a joining process itself alone.
    /// </summary>
    public ImmutableArray<GroupMember> Members { get; init; } = [];

    /// <summary>
    /// The index of the configuration that <see cref="Members"/> are of, for the <c>basedOn</c> of Join and Leave. 0 before the first
    /// commit. It grows also if a change leaves the members as they are.
    /// </summary>
    public LogIndex MembersIndex { get; init; }

    /// <summary>
    /// The largest number of voters that the group has recorded: 3, 5, 7, 9 or 11, as last committed on this process. Null before the
    /// first commit, and in a group of an earlier version that recorded none. There the <c>raft.quorum.max</c> of the leader counts.
    /// </summary>
    public int? MaxQuorum { get; init; }

    /// <summary>Why the process is fenced, and the remedy, as text for people. Null if it is not fenced.</summary>
    public string? Fence { get; init; }

    /// <summary>
    /// The last change of members that this process decided as leader, with the reason, as text for people. Null if there was none.
    /// </summary>
    public string? Decision { get; init; }

    /// <summary>
    /// The entities of a shard that this process cannot bring up to date: the first 100 by id. <see cref="ProcessStatus.Quarantined"/> of
    /// its node has all.
    /// </summary>
    public ImmutableArray<QuarantinedEntity> Quarantined { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Self} of {Group}: serial {Serial}, committed {Committed}, "
        + (Quorum is null ? "no quorum" : $"{(Quorum.IsMember ? "member" : "learner")} of a quorum of {Quorum.Size}")
        + (Leader is null ? "" : $", leader {Leader.Name} in term {Leader.Term}")
        + $", {Peers.Count} peers"
        + (Fence is null ? "" : $", fenced: {Fence}")
        + (Decision is null ? "" : $", decided: {Decision}")
        + (Quarantined.IsEmpty ? "" : $", quarantined: {string.Join(", ", Quarantined.Select(entity => entity.Id))}");
}
