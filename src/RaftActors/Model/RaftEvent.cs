using System.Collections.Immutable;
using System.Text.Json.Serialization;

using Akka.Actor;
using Akka.Event;

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
public abstract record RaftEvent
{
    private protected RaftEvent(string group, ProcessName process) => (Group, Process) = (group, process);

    /// <summary>The group id.</summary>
    public string Group { get; }

    /// <summary>The process of this node. After a failed start its node is <c>?</c> if <c>raft.node</c> is not set.</summary>
    public ProcessName Process { get; }

    /// <summary>What happened to the process, with the remedy of a problem, as text for people.</summary>
    public string Detail => SemanticLogMessageFormatter.Instance.Format(Text.Template, Text.Values);

    internal abstract EventText Text { get; }

    /// <summary>Returns the process, its group and the detail.</summary>
    public sealed override string ToString() => $"{Process} of {Group}: {Detail}";

    /// <summary>The role or the term of the process changed. The role at the start is not published.</summary>
    public sealed record RoleChanged : RaftEvent
    {
        internal RoleChanged(string group, ProcessName process, RaftRole role, long term, ImmutableArray<ProcessName> votes)
            : base(group, process) => (Role, Term, Votes) = (role, term, votes);

        /// <summary>The new role.</summary>
        public RaftRole Role { get; }

        /// <summary>The new term.</summary>
        public long Term { get; }

        /// <summary>Of a leader: the voters whose votes made the majority, itself included, by name. Otherwise empty.</summary>
        public ImmutableArray<ProcessName> Votes { get; }

        internal override EventText Text => Role switch
        {
            RaftRole.Leader => EventText.Info("elected leader in term {Term} by {Votes}", Term, string.Join(", ", Votes)),
            RaftRole.Candidate => EventText.Info("candidate in term {Term}", Term),
            RaftRole.PreCandidate => EventText.Info("hears no leader in term {Term}: starts a pre-vote", Term),
            _ => EventText.Info("follower in term {Term}", Term),
        };
    }

    /// <summary>The known leader changed. Published on learners, too, unlike HandleLeader.</summary>
    public sealed record LeaderChanged : RaftEvent
    {
        internal LeaderChanged(string group, ProcessName process, ProcessName? leader, long term)
            : base(group, process) => (Leader, Term) = (leader, term);

        /// <summary>The leader, which may be this process. Null: no leader is known.</summary>
        public ProcessName? Leader { get; }

        /// <summary>The term of the process.</summary>
        public long Term { get; }

        internal override EventText Text => Leader is { } leader
            ? EventText.Info("{Leader} leads in term {Term}", leader, Term)
            : EventText.Info("no leader is known in term {Term}", Term);
    }

    /// <summary>
    /// A configuration of the group was committed, at the founding and after each change. Joint configurations are not published.
    /// <para>
    /// Configurations can be published again. After a start, these are the one of the snapshot and those of the log, as they are
    /// committed again. A joining process also receives those from before it joined. So compare <see cref="Index"/> before acting.
    /// </para>
    /// </summary>
    public sealed record MembersChanged : RaftEvent
    {
        internal MembersChanged(
            string group, ProcessName process, LogIndex index, ImmutableArray<GroupMember> members, bool isRecovered = false)
            : base(group, process) => (Index, Members, IsRecovered) = (index.Value, members, isRecovered);

        /// <summary>The index of the configuration in the log. A consumer that has acted on a higher index ignores the event.</summary>
        public long Index { get; }

        /// <summary>The members, by name.</summary>
        public ImmutableArray<GroupMember> Members { get; }

        /// <summary>The store had this configuration when the process started, so an earlier process may have published it.</summary>
        public bool IsRecovered { get; }

        internal bool HasSelf => Members.Any(member => member.Name == Process);

        internal override EventText Text => EventText.Info(
            "the voters are {Voters}, the learners are {Learners}, from index {Index} on", Names(true), Names(false), Index);

        private string Names(bool areVoters) => Members.Where(member => member.IsVoter == areVoters).ToList() is [_, ..] members
            ? string.Join(", ", members.Select(member => member.Name))
            : "none";
    }

    /// <summary>
    /// This process leads, and decided to change the members: at the founding, for a request, or to keep the quorum. The end of a joint
    /// configuration is no decision of its own. <see cref="MembersChanged"/> follows when the change is committed; it never does if
    /// another process becomes the leader first.
    /// </summary>
    public sealed record MembersDecided : RaftEvent
    {
        internal MembersDecided(
            string group,
            ProcessName process,
            LogIndex index,
            ImmutableArray<ProcessName> promoted,
            ImmutableArray<ProcessName> demoted,
            string reason)
            : base(group, process) => (Index, Promoted, Demoted, Reason) = (index, promoted, demoted, reason);

        /// <summary>The index of the configuration in the log.</summary>
        internal LogIndex Index { get; }

        /// <summary>The new voters, by name; empty if the voters stay. A process with another store than before is in both lists.</summary>
        public ImmutableArray<ProcessName> Promoted { get; }

        /// <summary>The former voters, by name.</summary>
        public ImmutableArray<ProcessName> Demoted { get; }

        internal string Reason { get; }

        internal override EventText Text => new(null, "decided about the members: {Reason}", Reason);
    }

    /// <summary>
    /// Another process became reachable or unreachable. It is a member of the group, or a process that wants to join. The end of a
    /// connection is published at once. A frozen process is noticed later.
    /// </summary>
    public sealed record PeerChanged : RaftEvent
    {
        internal PeerChanged(string group, ProcessName process, ProcessName peer, bool isReachable)
            : base(group, process) => (Peer, IsReachable) = (peer, isReachable);

        /// <summary>The other process.</summary>
        public ProcessName Peer { get; }

        /// <summary>Whether the other process is reachable.</summary>
        public bool IsReachable { get; }

        /// <summary>The peer is unreachable because its node, or this one, stops in order.</summary>
        public bool IsExpected { get; internal init; }

        internal override EventText Text => IsReachable ? EventText.Info("{Peer} is in reach", Peer)
            : IsExpected ? EventText.Info("{Peer} is out of reach, because a node stops", Peer)
            : EventText.Warning("{Peer} is out of reach", Peer);
    }

    /// <summary>
    /// Another process refuses messages of this one, or reports that the logs of this and a third process differ. Published once for each
    /// other process and reason, while that process stays in the roster.
    /// </summary>
    public sealed record Refused : RaftEvent
    {
        internal Refused(string group, ProcessName process, ProcessName by, RefusalReason reason, string detail)
            : base(group, process) => (By, Reason, Why) = (by, $"{reason}", detail);

        /// <summary>The refusing process.</summary>
        public ProcessName By { get; }

        /// <summary>
        /// One word for programs: <c>OtherIncarnation</c>, <c>OtherGroup</c>, <c>NotInRoster</c>, <c>Diverged</c>, <c>Outvoted</c>,
        /// <c>Fenced</c>, <c>RestoredDisk</c>, <c>Removed</c> and so on. A later version may add words.
        /// </summary>
        public string Reason { get; }

        internal string Why { get; }

        internal override EventText Text => new(null, "refused by {By}: {Why}", By, Why);
    }

    /// <summary>
    /// A second process with the name of one that runs was found: of a peer, which this process refuses, or of this process itself. Such
    /// as a node that was started twice. Published once for each such process, while it runs.
    /// </summary>
    public sealed record NameTaken : RaftEvent
    {
        internal NameTaken(string group, ProcessName process, ProcessName name, string detail)
            : base(group, process) => (Name, Why) = (name, detail);

        /// <summary>The name that both have.</summary>
        internal ProcessName Name { get; }

        internal string Why { get; }

        internal override EventText Text => EventText.Warning("name conflict: {Why}", Why);
    }

    /// <summary>
    /// The process is no longer a member of the group: its own log says so, or another process did. It does not campaign, and receives
    /// no pairs until it joins again. Published once for each removal.
    /// </summary>
    public sealed record Removed : RaftEvent
    {
        internal Removed(string group, ProcessName process)
            : base(group, process)
        {
        }

        internal override EventText Text =>
            EventText.Warning("removed from the group, so it receives no pairs. Stop it, or let it join again.");
    }

    /// <summary>A raft actor has started: its store is open, and its PreStart has run. Published for each life of the actor.</summary>
    public sealed record Started : RaftEvent
    {
        internal Started(string group, ProcessName process, IActorRef actor)
            : base(group, process) => Actor = actor;

        /// <summary>The raft actor.</summary>
        [JsonIgnore]
        public IActorRef Actor { get; }

        internal override EventText Text => EventText.Info("the actor has started");
    }

    /// <summary>
    /// A raft actor failed in its start: its configuration or its store cannot be used. The supervisor decides what follows; by default
    /// it stops the actor. Published for each failed start.
    /// </summary>
    public sealed record StartFailed : RaftEvent
    {
        internal StartFailed(string group, ProcessName process, Exception cause)
            : base(group, process) => Cause = cause;

        /// <summary>
        /// The exception, such as <see cref="RaftConfigurationException"/> or StoreException. Its message names the cause and the remedy.
        /// </summary>
        [JsonIgnore]
        public Exception Cause { get; }

        internal override EventText Text => new(null, "cannot start: {Cause}", Cause.Message);
    }

    /// <summary>
    /// The actor is held: a callback failed three times at one pair, snapshot or notice, and is tried again after growing pauses
    /// (<see cref="RaftStatus.Problems"/>). Published once for each such place.
    /// </summary>
    public sealed record Held : RaftEvent
    {
        internal Held(string group, ProcessName process, HeldActor at)
            : base(group, process) => At = at;

        internal HeldActor At { get; }

        internal override EventText Text => new(null, "{Hold}", At);
    }

    /// <summary>
    /// The actors of the group differ (<see cref="RaftStatus.Problems"/>). Every process that hears of it publishes it, once for the same
    /// sides.
    /// </summary>
    public sealed record StateDiverged : RaftEvent
    {
        internal StateDiverged(string group, ProcessName process, StateDivergence divergence)
            : base(group, process) => DivergedAt = divergence;

        internal StateDivergence DivergedAt { get; }

        internal override EventText Text => EventText.Error("{Divergence}", DivergedAt);
    }

    /// <summary>
    /// The time of the log (<see cref="Entry{TValue}.Time"/>) is more than 10 s ahead of this node's clock. The clock of a leader is or was
    /// ahead, or that of this node is behind. Published once until the two agree again.
    /// </summary>
    public sealed record ClockDiffers : RaftEvent
    {
        internal ClockDiffers(string group, ProcessName process, TimeSpan ahead)
            : base(group, process) => Ahead = ahead;

        /// <summary>By how much the log is ahead.</summary>
        public TimeSpan Ahead { get; }

        internal override EventText Text => EventText.Warning(
            "the time of the log is {Ahead} ahead of this node's clock. The clock of a leader is or was ahead, or this one is behind. "
                + "Correct the clocks of all nodes; 'raft check' compares them.",
            Ahead);
    }

    /// <summary>
    /// The process is fenced: its store contradicts the group. It takes no part in the group until it restarts with an empty store.
    /// Published once.
    /// </summary>
    public sealed record Fenced : RaftEvent
    {
        internal Fenced(string group, ProcessName process, string detail)
            : base(group, process) => Why = detail;

        internal string Why { get; }

        internal override EventText Text =>
            EventText.Error("is fenced and takes no part in its group until 'raft log forget' has emptied its store: {Why}", Why);
    }

    /// <summary>
    /// The engine of the process has stopped, for instance because its store failed. The process takes no part in the group until its
    /// node restarts. Published once.
    /// </summary>
    public sealed record Stopped : RaftEvent
    {
        internal Stopped(string group, ProcessName process, string detail)
            : base(group, process) => Why = detail;

        internal string Why { get; }

        internal override EventText Text => new(null, "stopped: {Why}", Why);
    }
}

/// <summary>
/// The text of an event, as a template of the log and its values. A template never changes its meaning, so a log service can find the
/// entries of an event by it, and has the names as properties.
/// </summary>
/// <param name="Level">Null for an event whose publisher logs more of it.</param>
internal readonly record struct EventText(LogLevel? Level, string Template, params object[] Values)
{
    public static EventText Info(string template, params object[] values) => new(LogLevel.InfoLevel, template, values);

    public static EventText Warning(string template, params object[] values) => new(LogLevel.WarningLevel, template, values);

    public static EventText Error(string template, params object[] values) => new(LogLevel.ErrorLevel, template, values);
}
