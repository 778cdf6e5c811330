using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// All that a process knows between two steps. The classes beside it (<see cref="Elections"/>, <see cref="Leader"/> and so on) read and
/// change it and hold no state; only <see cref="Views"/> remembers what it announced. Not thread-safe.
/// </summary>
internal sealed class RaftState
{
    /// <summary>Starts from the state that the store returned.</summary>
    /// <exception cref="ArgumentException">Parts of the stored state contradict each other.</exception>
    public RaftState(CoreOptions options, InitialState initial)
    {
        Options = options;
        Log = Recovery.LogOf(initial);
        Durability = new Durability(options, Clock, Effects, Log, Recovery.HardStateOf(initial));
        Pauses = new Pauses(options, Clock);
        Timer = new ElectionTimer(options, this);
        Configurations = new ConfigurationHistory(FoundingRoster());
        Sessions = new Sessions(
            options.Sessions, initial.Snapshot?.Sessions ?? [], initial.Snapshot?.ForgottenOrigins ?? default);
        Keys = new RequestKeys(options.Sessions, initial.Snapshot?.Keys ?? KeyTable.Empty);
    }

    /// <summary>The priority of a process whose application is held, below all others.</summary>
    public const int PriorityOfHeld = int.MinValue;

    public CoreOptions Options { get; }

    /// <summary>The application cannot apply the next entry (<see cref="Input.Held"/>).</summary>
    public bool IsHeld { get; set; }

    /// <summary>The application has applied all pairs up to this serial (<see cref="Input.Applied"/>).</summary>
    public Serial Applied { get; set; }

    /// <summary>The leadership priority of this process now.</summary>
    public int Priority => IsHeld ? PriorityOfHeld : Options.Priority;

    public Clock Clock { get; } = new();

    /// <summary>The effects of the current step, in order. Empty between two steps.</summary>
    public List<Effect> Effects { get; } = [];

    /// <summary>The entries, durable or not, from the end of the latest compaction on.</summary>
    public RaftLog Log { get; }

    /// <summary>The configurations in the log and in the snapshot. Invariant: it holds those of <see cref="Log"/> and no other.</summary>
    public ConfigurationHistory Configurations { get; }

    public Durability Durability { get; }

    public Pauses Pauses { get; }

    /// <summary>The ticks by which silence is tolerated longer, because of a slow disk and of pauses.</summary>
    public int TimeoutExtension => Durability.TimeoutExtension + Pauses.TimeoutExtension;

    public Roster Roster { get; } = new();

    /// <summary>The role, with all that belongs to it. Only <see cref="RoleChanges"/> sets it.</summary>
    public Role Role { get; set; } = new FollowerRole(null, default);

    /// <summary>Everything up to here is committed, as far as this process knows. Invariant: it never falls.</summary>
    public LogIndex CommitIndex
    {
        get;
        set
        {
            Invariant.That(value >= field, "the commit index never falls (§5.4)");
            Invariant.That(value <= Log.Last, "only an entry of the log is committed");
            field = value;
        }
    }

    /// <summary>The last entry that <see cref="Effect.Commit"/> delivered. Invariant: never above <see cref="CommitIndex"/>.</summary>
    public LogIndex Delivered
    {
        get;
        set
        {
            Invariant.That(value >= field && value <= CommitIndex, "only committed entries are delivered, in order");
            field = value;
        }
    }

    /// <summary>The committed requests, to recognise retries.</summary>
    public Sessions Sessions { get; set; }

    /// <summary>The committed request keys, to recognise repeats of any origin.</summary>
    public RequestKeys Keys { get; set; }

    public ElectionTimer Timer { get; }

    /// <summary>Events that decide whether this process campaigns, besides its timer.</summary>
    public ElectionState Election { get; } = new();

    /// <summary>The transfer of leadership that is under way.</summary>
    public TransferState Transfers { get; } = new();

    public QuietState Quiet { get; } = new();

    public SnapshotState Snapshots { get; } = new();

    /// <summary>Questions that this start asked its leaders on behalf of reads.</summary>
    public long ReadQuestions { get; set; }

    public Member Self => Options.Self;

    public long Now => Clock.Now;

    /// <summary>Term, vote and records as they are now, durable or not.</summary>
    public HardState HardState => Durability.HardState;

    /// <summary>The current term (§5.1).</summary>
    public Term Term => HardState.Term;

    /// <summary>The leader of the current term, or null if none is known.</summary>
    public Member? Leader => Role switch
    {
        LeaderRole => Self,
        FollowerRole follower => follower.Leader,
        _ => null,
    };

    /// <summary>The campaign of this process in its term while it knows of no leader in it, or null.</summary>
    public CandidateRole? Candidacy => Role as CandidateRole ?? (Role as PreCandidateRole)?.Unfinished;

    /// <summary>The configuration in force: the latest in the log, or the founding roster.</summary>
    public Configuration Configuration => Configurations.Latest;

    /// <summary>The latest committed configuration, or null before the first.</summary>
    public Configuration? CommittedConfiguration => Configurations.LatestUpTo(CommitIndex)?.Configuration;

    /// <summary>The latest committed entry is of the current term, so this commit index is that of the group (§8).</summary>
    public bool HasCommittedInTerm => CommitIndex > LogIndex.Zero && Log.TermAt(CommitIndex) == Term;

    /// <summary>A leader is known, and has committed an entry of its own term.</summary>
    public bool IsReady => Leader is not null && HasCommittedInTerm;

    public bool IsAdmitted => HardState.IsAdmitted;

    public bool IsFenced => HardState.Fence is not null;

    /// <summary>No configuration is known, to this process or to any that it met.</summary>
    public bool IsFounding =>
        !Options.IsJoining
        && Configurations.IsEmpty
        && HardState.Group == GroupUid.None
        && !Roster.Peers.Any(peer => peer.IsFounded);

    /// <summary>A committed configuration does not hold this name. The process takes part again when a later one holds it.</summary>
    public bool IsRemoved => CommittedConfiguration?.HasName(Self.Name) == false;

    /// <summary>
    /// Another process told this one, under the configuration in force, that a committed configuration does not hold it; null if none did.
    /// The message may be late and mean an earlier removal, so it counts for <see cref="CoreOptions.GoneTicks"/> only: for this many more.
    /// </summary>
    public long? ToldRemoved =>
        Election.ToldRemoved is { } told && told.Under == Configurations.LatestIndex && Now - told.At < Options.GoneTicks
            ? Options.GoneTicks - (Now - told.At)
            : null;

    /// <summary>This process joins, and no committed configuration is known to it.</summary>
    public bool IsOutside => Options.IsJoining && CommittedConfiguration is null;

    /// <summary>This process has promised to elect no other leader yet (thesis §6.4.1).</summary>
    public bool IsBound => Now < Election.BoundUntil;

    /// <summary>The founding roster: that of the store, or the one given at start if the store has none.</summary>
    public ImmutableArray<ProcessName> Founders => HardState.Roster.IsEmpty ? Options.Roster : HardState.Roster;

    /// <summary>The largest K, as the group has recorded it.</summary>
    public int MaxQuorum => Configuration.MaxQuorum;

    public FoundingRank Rank => new(Log.LastPosition, Self.Name);

    /// <summary>The number of the leader's latest round of reads, or 0 if this process does not lead.</summary>
    public long LatestRound => (Role as LeaderRole)?.Rounds.Latest ?? 0;

    /// <summary>
    /// The configuration in force before the first one in the log: all founders vote, by name. Absent ones have no incarnation and are
    /// never counted. A joining process is in no roster yet, so it knows itself alone and has no vote.
    /// </summary>
    public Configuration FoundingRoster() => Options.IsJoining
        ? new Configuration(GroupUid.None, 0, [], [], [Self], [])
        : new Configuration(GroupUid.None, Founders.Length, [.. Founders.Order().Select(FirstOf)], [], [], []);

    private Member FirstOf(ProcessName name) => name == Self.Name
        ? Self
        : HardState.Recorded.FirstOrDefault(one => one.Member.Name == name, new PeerRecord(Member.Absent(name), default)).Member;

    /// <summary>The failure domain that a process named last, or an empty text if it named none since this start.</summary>
    public string DomainOf(ProcessName name) => name == Self.Name ? Options.FailureDomain : Roster.Of(name)?.FailureDomain ?? "";

    /// <summary>Appends an entry of the leader itself in the current term. A configuration is in force from here on (§6).</summary>
    /// <param name="now">The wall clock of this process, for a pair. Other entries take the time of the entry before.</param>
    public LogEntry Append(LeaderRole leader, Payload payload, LogTime now = default)
    {
        Invariant.That(Role == leader, "only the leader appends entries of its own");
        var before = Log.LastPosition;
        var serial = before.Serial.Plus((payload as Payload.Pair)?.Count ?? 0);

        // The clock of this leader may be behind that of an earlier one. The position knows the time even where the entry is compacted.
        var time = now > before.Time ? now : before.Time;
        var entry = new LogEntry(before.Index.Next, Term, serial, payload) { Time = time };
        Append(entry);
        leader.Open.Append(entry);
        if (payload is Payload.Reconfigure(var configuration))
        {
            leader.Track(configuration, Self, entry.Index, Now);
            leader.Lease.Drop();
        }

        return entry;
    }

    public void Append(LogEntry entry)
    {
        Invariant.That(
            entry.Configuration is not { Version.Format: var level } || level <= Options.Version.Format,
            "no process takes an entry of a format level that its program does not read");
        Log.Append(entry);
        Configurations.Append(entry);
    }

    /// <summary>Removes the entries from an index on (§5.3).</summary>
    public void TruncateFrom(LogIndex index)
    {
        Invariant.That(index > CommitIndex, "a committed entry is never truncated (§5.4)");
        Invariant.That(Role is FollowerRole, "a leader never overwrites or deletes in its log (§5.3)");
        Log.TruncateFrom(index);
        Configurations.TruncateFrom(index);
    }

    /// <summary>
    /// Sends a message of the current term as soon as the hard state, and the write <paramref name="after"/>, are durable.
    /// </summary>
    public void Send(Member to, Message body, Ticket after = default) => Send(to, body, Term, after);

    /// <summary>Sends a message of another term than the current one.</summary>
    public void Send(Member to, Message body, Term term, Ticket after = default) =>
        Durability.Send(new Effect.Send(EnvelopeOf(to, body, term)), after);

    public Envelope EnvelopeOf(Member to, Message body, Term term) => new(Self, to, HardState.Group, term, HardState.Boot, body);

    /// <summary>Tells whether another incarnation of that process was met later, so that this member does not run any more.</summary>
    public bool IsReplaced(Member member) =>
        Roster.Of(member.Name) is { } peer && peer.Current != Incarnation.None && peer.Current != member.Incarnation;

    /// <summary>Tells whether a replica has answered this leader within the shortest election timeout.</summary>
    public bool IsResponsive(Progress progress) => Now - progress.RepliedAt < Options.ElectionTimeoutMinTicks;

    /// <summary>Tells whether both groups are known and differ.</summary>
    public bool IsOfOtherGroup(GroupUid group) =>
        group != GroupUid.None && HardState.Group != GroupUid.None && group != HardState.Group;
}
