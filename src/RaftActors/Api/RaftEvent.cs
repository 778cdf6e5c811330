using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Serialization;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// An event of a process of this node, for logs and operators. The actor system's event stream publishes each event once, in the order
/// of the process's engine. To miss none, subscribe before the raft actor starts. A closed set of types.
/// <para>
/// <see cref="RaftStatus"/> already shows the change when the event is published. Events are views: no vote and no commit depends on
/// them.
/// </para>
/// </summary>
/// <param name="Group">The group id.</param>
/// <param name="Process">The process of this node.</param>
public abstract record RaftEvent(string Group, ProcessName Process)
{
    /// <summary>The role or the term of the process changed. The role at the start is not published.</summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="Role">The new role.</param>
    /// <param name="Term">The new term.</param>
    /// <param name="Votes">Of a leader: the voters whose votes made the majority, itself included, by name. Otherwise empty.</param>
    public sealed record RoleChanged(string Group, ProcessName Process, RaftRole Role, Term Term, ImmutableArray<ProcessName> Votes)
        : RaftEvent(Group, Process)
    {
        /// <inheritdoc/>
        protected override bool PrintMembers(StringBuilder builder)
        {
            base.PrintMembers(builder);
            builder.Append($", Role = {Role}, Term = {Term}, Votes = [{string.Join(", ", Votes)}]");
            return true;
        }
    }

    /// <summary>The known leader changed. Published on learners, too, unlike HandleLeader.</summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="Leader">The leader, which may be this process. Null: no leader is known.</param>
    /// <param name="Term">The term of the process.</param>
    public sealed record LeaderChanged(string Group, ProcessName Process, ProcessName? Leader, Term Term) : RaftEvent(Group, Process);

    /// <summary>
    /// A configuration of the group was committed, at the founding and after each change. Joint configurations are not published.
    /// <para>
    /// Configurations can be published again. After a start, these are the one of the snapshot and those of the log, as they are
    /// committed again. A joining process also receives those from before it joined. So compare <paramref name="Index"/> before acting.
    /// </para>
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="Index">
    /// The index of the configuration in the log. A consumer that has acted on a higher index ignores the event.
    /// </param>
    /// <param name="Members">The members, by name.</param>
    public sealed record MembersChanged(string Group, ProcessName Process, LogIndex Index, ImmutableArray<GroupMember> Members)
        : RaftEvent(Group, Process)
    {
        /// <summary>Whether <see cref="RaftEvent.Process"/> itself is a member.</summary>
        public bool HasSelf => Members.Any(member => member.Name == Process);

        /// <inheritdoc/>
        protected override bool PrintMembers(StringBuilder builder)
        {
            base.PrintMembers(builder);
            builder.Append($", Index = {Index}, Members = [{string.Join(", ", Members)}]");
            return true;
        }
    }

    /// <summary>
    /// This process leads, and decided to change the members: at the founding, for a request, or to keep the quorum. The end of a joint
    /// configuration is no decision of its own. <see cref="MembersChanged"/> follows when the change is committed; it never does if
    /// another process becomes the leader first.
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The leader.</param>
    /// <param name="Index">The index of the configuration in the log.</param>
    /// <param name="Promoted">
    /// The new voters, by name; empty if the voters stay. A process with another store than before is in both lists.
    /// </param>
    /// <param name="Demoted">The former voters, by name.</param>
    /// <param name="Reason">The reason, as text for people.</param>
    public sealed record MembersDecided(
        string Group,
        ProcessName Process,
        LogIndex Index,
        ImmutableArray<ProcessName> Promoted,
        ImmutableArray<ProcessName> Demoted,
        string Reason)
        : RaftEvent(Group, Process)
    {
        /// <inheritdoc/>
        protected override bool PrintMembers(StringBuilder builder)
        {
            base.PrintMembers(builder);
            builder.Append($", Index = {Index}, Promoted = [{string.Join(", ", Promoted)}], Demoted = [{string.Join(", ", Demoted)}]");
            builder.Append($", Reason = {Reason}");
            return true;
        }
    }

    /// <summary>
    /// Another process became reachable or unreachable. It is a member of the group, or a process that wants to join. The end of a
    /// connection is published at once. A frozen process is noticed later.
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="Peer">The other process.</param>
    /// <param name="IsReachable">Whether the other process is reachable.</param>
    public sealed record PeerChanged(string Group, ProcessName Process, ProcessName Peer, bool IsReachable) : RaftEvent(Group, Process)
    {
        /// <summary>The peer is unreachable because its node, or this one, stops in order.</summary>
        public bool IsExpected { get; init; }
    }

    /// <summary>
    /// Another process refuses messages of this one, or reports that the logs of this and a third process differ
    /// (<see cref="RefusalReason.Disputed"/>). Published once for each other process and reason, while that process stays in the
    /// roster.
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="By">The refusing process.</param>
    /// <param name="Reason">The reason. <see cref="RefusalReason.Removed"/>: the group removed this process while it was away.</param>
    /// <param name="Detail">The cause and the remedy, as text for people.</param>
    public sealed record Refused(string Group, ProcessName Process, ProcessName By, RefusalReason Reason, string Detail)
        : RaftEvent(Group, Process);

    /// <summary>
    /// A second process with the name of one that runs was found: of a peer, which this process refuses, or of this process itself. Such
    /// as a node that was started twice. Published once for each such process, while it runs.
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="Name">The name that both have.</param>
    /// <param name="Detail">Where both run and the remedy, as text for people.</param>
    public sealed record NameTaken(string Group, ProcessName Process, ProcessName Name, string Detail) : RaftEvent(Group, Process);

    /// <summary>
    /// The process is no longer a member of the group: its own log says so, or another process did. It does not campaign, and receives
    /// no pairs until it joins again. Published once for each removal.
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    public sealed record Removed(string Group, ProcessName Process) : RaftEvent(Group, Process);

    /// <summary>A raft actor has started: its store is open, and its PreStart has run. Published for each life of the actor.</summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="Actor">The raft actor.</param>
    public sealed record Started(string Group, ProcessName Process, [property: JsonIgnore] IActorRef Actor) : RaftEvent(Group, Process);

    /// <summary>
    /// A raft actor failed in its start: its configuration or its store cannot be used. The supervisor decides what follows; by default
    /// it stops the actor. Published for each failed start.
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The name of the process. Its node is <c>?</c> if <c>raft.node</c> is not set.</param>
    /// <param name="Cause">
    /// The exception, such as <see cref="RaftConfigurationException"/> or StoreException. Its message names the cause and the remedy.
    /// </param>
    public sealed record StartFailed(string Group, ProcessName Process, [property: JsonIgnore] Exception Cause)
        : RaftEvent(Group, Process);

    /// <summary>
    /// The process is fenced: its store contradicts the group. It takes no part in the group until it restarts with an empty store.
    /// Published once.
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="Detail">The cause and the remedy, as text for people.</param>
    public sealed record Fenced(string Group, ProcessName Process, string Detail) : RaftEvent(Group, Process);

    /// <summary>
    /// The engine of the process has stopped, for instance because its store failed. The process takes no part in the group until its
    /// node restarts. Published once.
    /// </summary>
    /// <param name="Group">The group id.</param>
    /// <param name="Process">The process of this node.</param>
    /// <param name="Detail">The cause and the remedy, as text for people.</param>
    public sealed record Stopped(string Group, ProcessName Process, string Detail) : RaftEvent(Group, Process);
}
