using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// What happens to the processes of this node, for logs and operators: published on the actor system's event stream, each once, in the
/// order in which the process's engine saw it. Subscribe before the raft actor starts to miss none. Views, as all callbacks are. Closed.
/// </summary>
/// <param name="Group">The group.</param>
/// <param name="Process">The process of this node that it happened to.</param>
public abstract record RaftEvent(string Group, ProcessName Process)
{
    /// <summary>It asks for votes, leads, or does so no more; or its term rose. Not told of the role that it starts in.</summary>
    /// <param name="Votes">Of a leader: who had voted for it when it had enough, itself included, by name. Otherwise empty.</param>
    public sealed record RoleChanged(string Group, ProcessName Process, RoleKind Role, Term Term, ImmutableArray<ProcessName> Votes)
        : RaftEvent(Group, Process);

    /// <summary>
    /// A process, this one perhaps, leads from this term on, or nobody is known to lead. Unlike HandleLeader on learners too.
    /// </summary>
    public sealed record LeaderChanged(string Group, ProcessName Process, ProcessName? Leader, Term Term) : RaftEvent(Group, Process);

    /// <summary>
    /// A configuration that is not joint is committed here: who belongs to the group from now on. Given at founding and whenever that
    /// changes. After a start it is given again: as the snapshot has it, and as the log has it while it is committed anew, one by one. So
    /// is the group's past to a process that joins, from before it was in it; and whatever comes first to one that another process told
    /// that it was removed, when it is taken in again.
    /// </summary>
    /// <param name="Index">Where it stands in the log: who has acted upon a later one before a restart passes over it.</param>
    /// <param name="Members">By name.</param>
    public sealed record MembersChanged(string Group, ProcessName Process, LogIndex Index, ImmutableArray<GroupMember> Members)
        : RaftEvent(Group, Process)
    {
        /// <summary>Whether the process itself belongs to the group.</summary>
        public bool HasSelf => Members.Any(member => member.Name == Process);
    }

    /// <summary>
    /// Another process can be reached, or cannot any more: of the group, or one that found this node and waits to be taken in. A connection
    /// that ends says so at once, a process that is frozen only after a while.
    /// </summary>
    public sealed record PeerChanged(string Group, ProcessName Process, ProcessName Peer, bool IsReachable) : RaftEvent(Group, Process);

    /// <summary>
    /// Another process does not go together with this one, or with a third one (<see cref="RefusalReason.Disputed"/>). By each of them each
    /// reason is told once as long as it stays in the roster; who was removed while it was away learns so with
    /// <see cref="RefusalReason.Removed"/>.
    /// </summary>
    /// <param name="Detail">Why, and what to do; for people.</param>
    public sealed record Refused(string Group, ProcessName Process, ProcessName By, RefusalReason Reason, string Detail)
        : RaftEvent(Group, Process);

    /// <summary>
    /// This process belongs to the group no more: its own log says so, or another process did, since it was removed while it was away. It
    /// asks for no votes, and is handed no pairs, until it is taken in again. Told once for each time.
    /// </summary>
    public sealed record Removed(string Group, ProcessName Process) : RaftEvent(Group, Process);

    /// <summary>
    /// A raft actor failed before it became this process: its configuration or its store cannot be used. Its supervisor decides what
    /// follows; by default the actor is stopped. Published each time.
    /// </summary>
    /// <param name="Process">The name that was asked for; with the node <c>?</c> if <c>raft.node</c> is not set.</param>
    /// <param name="Cause">Its message says why, and what to do.</param>
    public sealed record StartFailed(string Group, ProcessName Process, Exception Cause) : RaftEvent(Group, Process);

    /// <summary>
    /// This process takes no part any more, or its engine has stopped. Told once; neither ends before the node is restarted.
    /// </summary>
    /// <param name="Detail">Why, and what to do; for people.</param>
    public sealed record ShutOut(string Group, ProcessName Process, string Detail) : RaftEvent(Group, Process);
}
