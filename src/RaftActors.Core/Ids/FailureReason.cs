namespace RaftActors;

/// <summary>Why a call failed. The numbers are part of the messages between nodes.</summary>
public enum FailureReason
{
    /// <summary>HandleProposal of the leader discarded the pair.</summary>
    Discarded = 0,

    /// <summary>No leader could be reached in time, or the one that took a change lost its term before the commit.</summary>
    NoLeader = 1,

    /// <summary>
    /// The leader has too many uncommitted bytes, or earlier calls were not finished in time. Of a change: another change was under way. Of
    /// a lock: other programs held it until the timeout.
    /// </summary>
    Busy = 2,

    /// <summary>The disk of the leader is nearly full (<c>raft.store.free-space-floor</c>).</summary>
    DiskFull = 3,

    /// <summary>
    /// The node stops, the engine of the process has stopped, or its actor is held (<c>RaftStatus.Problems</c>). Unknown: another process
    /// may have the result of the pair.
    /// </summary>
    Stopped = 4,

    /// <summary>
    /// Of a change: <c>basedOn</c> is not the latest configuration. Of an Append: the group has pairs behind <c>ifSerial</c>. Of an
    /// item: it does not have the version that the caller expects.
    /// </summary>
    Outdated = 5,

    /// <summary>
    /// Of a change: it is impossible in this group. For instance the joining process is a member already. Of an Append: the actors cannot
    /// read the value, or <c>RaftOptions.FindFault</c> or the type of the entity's commands refuses it.
    /// </summary>
    Invalid = 6,

    /// <summary>Of a client: the caller cancelled its wait.</summary>
    Canceled = 7,

    /// <summary>Of a client: it was disposed.</summary>
    Closed = 8,

    /// <summary>Of a client: its role does not allow the call (<c>raft.security.roles</c>).</summary>
    Unauthorized = 9,

    /// <summary>
    /// Of an Append: the group does not have the logic version yet that the type of the value needs (<c>SinceLogicVersionAttribute</c>).
    /// Append it again when all nodes have the new program.
    /// </summary>
    NotYet = 10,

    /// <summary>A leader may have taken the call, and its commit was not known in time.</summary>
    TimedOut = 11,

    /// <summary>
    /// The leader does not remember whether it took the Append before (<c>RequestRef</c>), or a pair with its <c>RequestKey</c>.
    /// </summary>
    Forgotten = 12,

    /// <summary>Of a change: a later change was committed before this process could see this one.</summary>
    Superseded = 13,

    /// <summary>
    /// Of a read of a pair: the pair was discarded, because a snapshot covers it. An actor that lacks the pair receives the snapshot.
    /// </summary>
    Compacted = 14,

    /// <summary>
    /// Of a Get: the pair was delivered to this life of the actor before, and each pair is delivered once. Use <c>RaftContext.Read</c> to
    /// see it again.
    /// </summary>
    AlreadyDelivered = 15,

    /// <summary>
    /// A process that the call needs did not answer in time, or cannot: it may not vote yet, its actor has stopped, or its engine has.
    /// </summary>
    Unavailable = 16,

    /// <summary>
    /// HandleQuery threw, or HandleCommand of an entity. That command is committed and changed nothing. A repeat fails, too, unless the
    /// state or the program has changed since; one with the same <c>RequestKey</c> always does.
    /// </summary>
    HandlerFailed = 17,
}
