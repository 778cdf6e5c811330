namespace RaftActors;

/// <summary>Why nothing was appended or changed. The numbers are part of the messages between nodes.</summary>
public enum NotCommittedReason
{
    /// <summary>HandleProposal of the leader discarded the pair.</summary>
    Discarded = 0,

    /// <summary>No leader could be reached in time.</summary>
    NoLeader = 1,

    /// <summary>
    /// The leader has too many uncommitted bytes, or earlier calls were not finished in time. Of a change: another change was under way.
    /// </summary>
    Busy = 2,

    /// <summary>The disk of the leader is nearly full (<c>raft.store.free-space-floor</c>).</summary>
    DiskFull = 3,

    /// <summary>Of a change: the entry of another leader took its place in the log, and no leader took it again in time.</summary>
    Overwritten = 4,

    /// <summary>The node stops, the engine of the process has stopped, or its actor is held (<see cref="RaftStatus.HeldAt"/>).</summary>
    Stopped = 5,

    /// <summary>Of a change: <c>basedOn</c> is not the latest configuration.</summary>
    Outdated = 6,

    /// <summary>
    /// Of a change: it is impossible in this group. For instance the joining process is a member already. Of an Append: the actors cannot
    /// read the value, or <see cref="RaftOptions{TValue}.FindFault"/> or the type of the entity's commands refuses it.
    /// </summary>
    Invalid = 7,

    /// <summary>Of a change: a process that it needs did not answer in time, or may not vote yet.</summary>
    NotResponsive = 8,

    /// <summary>Of a <see cref="RaftClient"/>: the caller cancelled the call before it was sent.</summary>
    Canceled = 9,

    /// <summary>Of a <see cref="RaftClient"/>: it was disposed before the call was sent.</summary>
    Closed = 10,

    /// <summary>Of a <see cref="RaftClient"/>: its role does not allow the call (<c>raft.security.roles</c>).</summary>
    Unauthorized = 11,

    /// <summary>
    /// Of an Append: the group does not have the logic version yet that the type of the value needs
    /// (<see cref="SinceLogicVersionAttribute"/>). Append it again when all nodes have the new program.
    /// </summary>
    NotYet = 12,
}
