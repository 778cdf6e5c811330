using System.Collections.Immutable;
using System.Text.Json.Serialization;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors;

/// <summary>
/// The state of one raft process at one moment, for health checks and operators: of this node (<see cref="Raft.Processes"/>), of an actor
/// itself (<see cref="RaftContext{TValue, TResult}.Status"/>), or of any process of a group (<see cref="RaftClient.StatusAsync"/>).
/// </summary>
public sealed record RaftStatus
{
    internal RaftStatus(string group, ProcessName name) => (Group, Name) = (group, name);

    /// <summary>The group id.</summary>
    public string Group { get; }

    /// <summary>The name of the process.</summary>
    public ProcessName Name { get; }

    /// <summary>
    /// The raft actor. Null: it has stopped, or its restart has not finished. From a client without an actor system it takes no messages.
    /// </summary>
    [JsonIgnore]
    public IActorRef? Actor { get; internal init; }

    /// <summary>Whether the store is open. Until then, the properties below have their default values.</summary>
    public bool IsOpen { get; internal init; }

    /// <summary>Why the store cannot be opened, or why the engine has stopped, as text for people. Null: neither is the case.</summary>
    public string? Failure { get; internal init; }

    /// <summary>Why the process is fenced, and the remedy, as text for people. Null if it is not fenced.</summary>
    public string? Fence { get; internal init; }

    /// <summary>Why the group refuses the program of this process, as text for people. Null: it does not.</summary>
    internal string? Refusal { get; init; }

    /// <summary>
    /// The problems of the process, as it knows them itself, the worst first. Health checks, the dashboard and <c>raft check</c> have the
    /// same words.
    /// </summary>
    public ImmutableArray<GroupProblem> Problems => GroupHealth.Of(this);

    /// <summary>The Raft role of the process in its term.</summary>
    public RaftRole Role { get; internal init; }

    /// <summary>When the process took its role, by the clock of its node.</summary>
    public DateTimeOffset RoleSince { get; internal init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The latest term that the process knows.</summary>
    public long Term { get; internal init; }

    /// <summary>The leader, which may be this process. Null: no leader is known. Set on learners, too.</summary>
    public ProcessName? Leader { get; internal init; }

    /// <summary>The actor has received all pairs up to this serial.</summary>
    public Serial Delivered { get; internal init; }

    /// <summary>The highest serial that is known as committed on this process.</summary>
    public Serial Committed { get; internal init; }

    /// <summary>
    /// The uuid of the group, minted at its founding. It distinguishes two groups with one id. <see cref="Guid.Empty"/> before that.
    /// </summary>
    public Guid Identity { get; internal init; }

    /// <summary>
    /// The members of the group by name, as last committed on this process. Before the first commit: the members in the log at the
    /// start. With an empty log: the roster with all processes as voters, or on a joining process itself alone.
    /// </summary>
    public ImmutableArray<GroupMember> Members { get; internal init; } = [];

    /// <summary>
    /// The processes that this shard has by <c>raft.shard-nodes</c> of the node. <c>raft shards move</c> joins those that are no members,
    /// and removes other ones. Empty: the setting is empty, or the group is no shard.
    /// </summary>
    public ImmutableArray<ProcessName> Placement { get; internal init; } = [];

    /// <summary>The shard has this process no more, or only until it has moved: <see cref="Placement"/> has other ones.</summary>
    internal bool IsElsewhere => !Placement.IsEmpty && !Placement.Contains(Name);

    /// <summary>The group has removed this process, as it knows from the log or from a member. It may be added again.</summary>
    internal bool IsRemoved { get; init; }

    /// <summary>
    /// The index of the configuration that <see cref="Members"/> are of, for the <c>basedOn</c> of Join and Leave. 0 before the first
    /// commit. It grows also if a change leaves the members as they are.
    /// </summary>
    public long MembersIndex => MembersAt.Value;

    internal LogIndex MembersAt { get; init; }

    /// <summary>
    /// The largest number of voters that the group has recorded: 3, 5, 7, 9 or 11, as last committed on this process. Null before the
    /// first commit.
    /// </summary>
    public int? MaxQuorum { get; internal init; }

    /// <summary>
    /// The format level of the group, as last committed on this process. Null before the first commit.
    /// </summary>
    public int? FormatLevel { get; internal init; }

    /// <summary>The highest format level that the program of this process reads.</summary>
    public int FormatLevelMax { get; internal init; }

    /// <summary>
    /// The logic version of the group, as last committed on this process. Null before the first commit.
    /// </summary>
    public int? LogicVersion { get; internal init; }

    /// <summary>The newest logic version that the program of this process has.</summary>
    public int LogicVersionMax => Program.LogicVersion;

    /// <summary>The program of this process.</summary>
    internal RaftProgram Program { get; init; } = RaftProgram.Unknown;

    /// <summary>
    /// Another process has the logic version of this one, and values of other JSON, as text for people with the remedy. Null: none is
    /// known.
    /// </summary>
    internal string? ContractConflict { get; init; }

    /// <summary>The other processes that this one has met and that are in reach, by name.</summary>
    public ImmutableArray<ProcessName> Reachable { get; internal init; } = [];

    /// <summary>
    /// Two processes run with one name, which is this process's or a peer's, as text for people with the remedy. Null: none is known.
    /// </summary>
    internal string? NameConflict { get; init; }

    /// <summary>The disk of the store has fewer free bytes than <c>raft.store.free-space-floor</c>.</summary>
    internal bool IsDiskNearlyFull { get; init; }

    /// <summary>
    /// The Akka.Cluster of its node downs members by decisions of this group, and nodes that lose the group down themselves.
    /// </summary>
    internal bool DownsMembers { get; init; }

    /// <summary>
    /// The longest sync of the log in the last 5 to 10 seconds. One that runs counts with its time until now. Each Append waits for one.
    /// Processes that share <c>raft.store.directory</c> share the syncs. Null: the log was not synced lately, or is in memory.
    /// </summary>
    public TimeSpan? SyncTime { get; internal init; }

    /// <summary>
    /// The last change of members that this process decided as leader, with the reason, as text for people. Null if there was none.
    /// </summary>
    public string? Decision { get; internal init; }

    /// <summary>
    /// Where the actor is held, because one callback fails at one place again and again. Null: it is not held.
    /// </summary>
    internal HeldActor? HeldAt { get; init; }

    /// <summary>
    /// The actors of the group were seen to differ, and the ones that are wrong have not begun anew since. Null: no difference is known.
    /// </summary>
    internal StateDivergence? DivergedAt { get; init; }

    /// <summary>
    /// Why the process takes no part in its group: Failed, Opening, Fenced, or its <see cref="Outside"/>. Null: it takes part.
    /// </summary>
    internal ProblemKind? Standing => Failure is not null ? ProblemKind.Failed
        : !IsOpen ? ProblemKind.Opening
        : Fence is not null ? ProblemKind.Fenced
        : Outside;

    /// <summary>Founding, Waiting or Removed, as far as the process knows. Null: it is a member.</summary>
    internal ProblemKind? Outside
    {
        get
        {
            // A new member receives the whole log, whose first configurations lack it. After a restart no configuration is committed, and
            // the members are those of the end of the log.
            var self = Members.FirstOrDefault(member => member.Name == Name);
            return IsRemoved ? ProblemKind.Removed
                : Identity == Guid.Empty ? self is { IsVoter: true } ? ProblemKind.Founding : ProblemKind.Waiting
                : self is not null ? null
                : MembersAt == LogIndex.Zero ? ProblemKind.Removed : ProblemKind.Waiting;
        }
    }

    /// <summary>The same with what Core says now. The same object if Core says nothing new, as in most steps.</summary>
    internal RaftStatus With(RaftCore core, TimeProvider clock)
    {
        var (role, term, leader, identity) = (core.Role, core.Term.Value, core.Leader?.Name, core.Configuration.Group.Value);
        return role == Role && term == Term && leader == Leader && identity == Identity
            ? this
            : this with
            {
                Role = role,
                RoleSince = role == Role ? RoleSince : clock.GetUtcNow(),
                Term = term,
                Leader = leader,
                Identity = identity,
                IsRemoved = IsRemoved && (leader is null || leader == Leader),
            };
    }

    /// <summary>Returns one line.</summary>
    public override string ToString() =>
        $"{Name} of {Group}: {(IsOpen ? $"{Role} in term {Term}" : "not open")}, leader {Leader?.Value ?? "unknown"}"
        + $", committed {Committed}, delivered {Delivered}"
        + $", members [{string.Join(", ", Members.Select(member => member.Name))}], in reach [{string.Join(", ", Reachable)}]"
        + (Failure is null ? "" : $", failed: {Failure}")
        + (Fence is null ? "" : $", fenced: {Fence}")
        + (Refusal is null ? "" : $", refused: {Refusal}")
        + (IsRemoved ? ", removed" : "")
        + (NameConflict is null ? "" : $", name conflict: {NameConflict}")
        + (ContractConflict is null ? "" : $", contract conflict: {ContractConflict}")
        + (Decision is null ? "" : $", decided: {Decision}")
        + (HeldAt is null ? "" : $", held: {HeldAt}")
        + (DivergedAt is null ? "" : $", diverged: {DivergedAt}")
        + (IsDiskNearlyFull ? ", disk nearly full" : "");
}
