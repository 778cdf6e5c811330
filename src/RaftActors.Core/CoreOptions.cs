using System.Collections.Immutable;

using RaftActors.Core.Codec;

namespace RaftActors.Core;

/// <summary>The settings of a core; they never change. Times are in ticks, whose length the shell decides.</summary>
internal sealed record CoreOptions
{
    public required Member Self { get; init; }

    /// <summary>The founding roster: the names of all N processes, the same on each of them.</summary>
    public required ImmutableArray<ProcessName> Roster { get; init; }

    /// <summary>
    /// The largest quorum: odd, 3 to 11. The founder records it in the group's first configuration. From then on the recorded maximum
    /// counts (<see cref="Configuration.MaxQuorum"/>).
    /// </summary>
    public int MaxQuorum { get; init; } = QuorumSize.Max;

    /// <summary>
    /// The shortest election timeout (§5.2). Each timeout is a random number between this and <see cref="ElectionTimeoutMaxTicks"/>.
    /// </summary>
    public int ElectionTimeoutMinTicks { get; init; } = 20;

    public int ElectionTimeoutMaxTicks { get; init; } = 40;

    /// <summary>The ticks between two heartbeats of a leader; well below the shortest election timeout.</summary>
    public int HeartbeatTicks { get; init; } = 5;

    /// <summary>
    /// The most ticks by which a wake-up may be late and still count in full. A later one is a pause, which counts as one tick, because
    /// the leader's heartbeats of that time may wait in the mailbox. The limit is one heartbeat for two reasons. Added to the interval
    /// between two heartbeats, this lateness makes up at most two thirds of the shortest election timeout, so it cannot end one. A lower
    /// limit would take the ordinary lateness of a busy machine for a pause, and each pause would delay the election after a real loss.
    /// </summary>
    public int LongestLateness => HeartbeatTicks;

    /// <summary>
    /// The most ticks for which an idle process does not wake. Together with the longest lateness they stay below the shortest election
    /// timeout, so no process campaigns only because it was suspended. A process that cannot campaign may rest longer (<see
    /// cref="RaftCore.MayRestLong"/>).
    /// </summary>
    public int LongestRest => Math.Max(1, Math.Min(ElectionTimeoutMinTicks / 2, ElectionTimeoutMinTicks - 1 - LongestLateness));

    /// <summary>
    /// After a hint that the leader is gone, the voters campaign in the order of their names, this many ticks apart, so that they do not
    /// split the votes.
    /// </summary>
    public int HintStaggerTicks { get; init; } = 1;

    /// <summary>The ticks for which the founding waits for all N processes. Then it goes on with those that it needs.</summary>
    public int FoundingTimeoutTicks { get; init; } = 200;

    /// <summary>The identity of the group if this process founds it.</summary>
    public required GroupUid FoundingUid { get; init; }

    /// <summary>
    /// The time of this start in microseconds since 1970, by the clock of the machine. An era begins with it. No group commits a million
    /// pairs in a second, so this is above all serials of earlier eras, whichever backup was restored.
    /// </summary>
    public long StartedAt { get; init; }

    /// <summary>
    /// The seed of every random choice: the same seed and inputs give the same effects. In production it is random at each start,
    /// since the mark of the <see cref="Boot"/> comes from it.
    /// </summary>
    public required ulong Seed { get; init; }

    /// <summary>The most entries in one AppendEntries.</summary>
    public int MaxEntriesPerMessage { get; init; } = 256;

    /// <summary>
    /// The most bytes of keys and values in one AppendEntries. A larger entry is sent alone. Transports refuse messages that are too
    /// large, and would refuse a repeat for ever.
    /// </summary>
    public int MaxBytesPerMessage { get; init; } = 64_000;

    /// <summary>The most unanswered messages with entries to one process.</summary>
    public int MaxInflightMessages { get; init; } = 64;

    public long MaxInflightBytes { get; init; } = 4_000_000;

    /// <summary>
    /// The most uncommitted bytes of keys and values. A leader refuses more (<see cref="FailureReason.Busy"/>), but always takes one
    /// pair.
    /// </summary>
    public long MaxUncommittedBytes { get; init; } = 64_000_000;

    /// <summary>
    /// The bytes of the log in memory above which entries are evicted: those that are durable and delivered, the oldest first. The store
    /// must be able to read them back.
    /// </summary>
    public long LogMemoryBytes { get; init; } = 64 << 20;

    /// <summary>The entries kept before a snapshot, for processes that are not far behind.</summary>
    public int RetainedEntries { get; init; } = 1000;

    /// <summary>The most bytes in one piece of a snapshot. A session is not split even if it is larger.</summary>
    public int SnapshotChunkBytes { get; init; } = 64_000;

    /// <summary>
    /// Leadership priority. A leader transfers its leadership to a voter of higher priority that keeps up. A preference only: no vote is
    /// refused for it.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>
    /// The failure domain of this process, such as a rack or a zone, of at most <see cref="FailureDomainLengthMax"/> characters. Empty if
    /// unknown. A leader prefers learners of domains with few voters. A preference only: no vote and no commit depends on it.
    /// </summary>
    public string FailureDomain { get; init; } = "";

    public const int FailureDomainLengthMax = 100;

    /// <summary>The highest version that the program of this process has. The others learn it by its greetings.</summary>
    public GroupVersion Version { get; init; } = new(FormatRange.Own.Highest, 1);

    /// <summary>A leader raises the logic version of the group by itself, once the programs of all members have it.</summary>
    public bool RaisesLogic { get; init; } = true;

    /// <summary>The most ticks of a transfer of leadership. After them the leader goes on.</summary>
    public int TransferTimeoutTicks { get; init; } = 40;

    /// <summary>A leader whose oldest write or read takes more ticks steps down. No process campaigns until it is done.</summary>
    public int DiskStallTicks { get; init; } = 100;

    /// <summary>The shortest time between two ticks, in microseconds. It turns a promise in ticks into time on a clock.</summary>
    public long TickMicroseconds { get; init; } = 50_000;

    /// <summary>
    /// Leases, or null without them: reads without a round of messages while a majority keeps its promise. Each voter tells its own
    /// promise, so the processes of a group may differ.
    /// </summary>
    public LeaseOptions? Lease { get; init; }

    /// <summary>
    /// The time for which this process elects no other leader after it has heard one, in microseconds of its clock. 0 without leases. The
    /// first tick of a promise may come at once, so it does not count.
    /// </summary>
    public long Promise => Lease is null ? 0 : (ElectionTimeoutMinTicks - 1) * TickMicroseconds;

    /// <summary>The leader keeps K voters: it promotes stable learners, and replaces voters that are gone.</summary>
    public bool KeepsQuorum { get; init; } = true;

    /// <summary>
    /// A voter that was silent for this many ticks is replaced by a stable learner. So is one that answered, but lacked committed entries
    /// and made no progress.
    /// </summary>
    public int GoneTicks { get; init; } = 200;

    /// <summary>
    /// A learner that answered and kept up for this many ticks may be promoted. As much time passes between two changes of the quorum. A
    /// process that has recently lost its vote must keep up for longer: twice as long for each time, at most eight times.
    /// </summary>
    public int StableTicks { get; init; } = 40;

    /// <summary>
    /// A leader removes a learner that was silent for this many ticks, unless a voter would lose its vote. With 0, this process removes
    /// none. Needs <see cref="KeepsQuorum"/>.
    /// </summary>
    public int RemoveAfterTicks { get; init; }

    /// <summary>
    /// After this many ticks without work, a leader asks its group to become quiescent. With 0, this process neither asks nor agrees.
    /// </summary>
    public int QuiesceTicks { get; init; }

    /// <summary>
    /// This process founds no group, and waits until a group accepts it. Its roster names only itself. It learns of the others from the
    /// log.
    /// </summary>
    public bool IsJoining { get; init; }

    /// <summary>
    /// The number of requests and keys remembered. Not a user setting, because all processes of a group must forget the same ones. Only
    /// tests set other bounds, to reach them sooner.
    /// </summary>
    internal SessionBounds Sessions { get; init; } = new();

    /// <summary>Differences of other test suites. For tests only.</summary>
    internal RaftVariations Variations { get; init; } = new();

    internal void Check()
    {
        Demand(Self.Incarnation != Incarnation.None, "Self needs an incarnation");
        Demand(Roster.Contains(Self.Name), $"the roster does not contain {Self.Name}");
        Demand(Roster.Distinct().Count() == Roster.Length, "the roster contains a name twice");
        Demand(QuorumSize.IsMaximum(MaxQuorum), "MaxQuorum must be odd, from 3 to 11");
        Demand(FoundingUid != GroupUid.None, "FoundingUid must be an identity");
        Demand(HintStaggerTicks >= 0, "HintStaggerTicks must not be negative");
        Demand(HeartbeatTicks >= 1, "HeartbeatTicks must be positive");
        Demand(ElectionTimeoutMinTicks > HeartbeatTicks, "ElectionTimeoutMinTicks must be above HeartbeatTicks");
        Demand(ElectionTimeoutMaxTicks >= ElectionTimeoutMinTicks, "ElectionTimeoutMaxTicks must not be below ElectionTimeoutMinTicks");
        Demand(MaxEntriesPerMessage >= 1, "MaxEntriesPerMessage must be positive");
        Demand(MaxBytesPerMessage >= 1, "MaxBytesPerMessage must be positive");
        Demand(MaxInflightMessages >= 1, "MaxInflightMessages must be positive");
        Demand(MaxInflightBytes >= 1, "MaxInflightBytes must be positive");
        Demand(MaxUncommittedBytes >= 1, "MaxUncommittedBytes must be positive");
        Demand(LogMemoryBytes >= 0, "LogMemoryBytes must not be negative");
        Demand(RetainedEntries >= 0, "RetainedEntries must not be negative");
        Demand(SnapshotChunkBytes >= 1, "SnapshotChunkBytes must be positive");
        Demand(TransferTimeoutTicks >= 1, "TransferTimeoutTicks must be positive");
        Demand(DiskStallTicks >= 1, "DiskStallTicks must be positive");
        Demand(GoneTicks >= ElectionTimeoutMaxTicks, "GoneTicks must not be below ElectionTimeoutMaxTicks");
        Demand(FailureDomain.Length <= FailureDomainLengthMax, $"FailureDomain has at most {FailureDomainLengthMax} characters");
        Demand(StableTicks >= 0, "StableTicks must not be negative");
        Demand(
            RemoveAfterTicks == 0 || RemoveAfterTicks >= GoneTicks, "RemoveAfterTicks must be 0, or not below GoneTicks");
        Demand(QuiesceTicks >= 0, "QuiesceTicks must not be negative");
        Demand(!IsJoining || Roster.Length == 1, "a joining process has a roster of itself alone");
        Demand(Sessions.MaxOrigins is >= 1 and <= Snapshot.MaxSessions, $"Sessions.MaxOrigins must be from 1 to {Snapshot.MaxSessions}");
        Demand(
            Sessions.MaxRequests is >= 1 and <= SessionState.MaxAnswered,
            $"Sessions.MaxRequests must be from 1 to {SessionState.MaxAnswered}");
        Demand(
            Sessions.MaxInAll >= Sessions.MaxOrigins && Sessions.MaxInAll <= Snapshot.MaxRequests,
            $"Sessions.MaxInAll must be from Sessions.MaxOrigins to {Snapshot.MaxRequests}");
        Demand(Sessions.MaxClosed is >= 1 and <= Snapshot.MaxClosed, $"Sessions.MaxClosed must be from 1 to {Snapshot.MaxClosed}");
        Demand(Sessions.MaxKeys is >= 1 and <= KeyTable.MaxKeys, $"Sessions.MaxKeys must be from 1 to {KeyTable.MaxKeys}");
        Demand(TickMicroseconds >= 1, "TickMicroseconds must be positive");
        Demand(Lease is null || Lease.MaxDriftPercent is >= 0 and < 100, "Lease.MaxDriftPercent must be from 0 to 99");
    }

    private static void Demand(bool holds, string demand)
    {
        if (!holds)
        {
            throw new ArgumentException($"Raft options: {demand}.");
        }
    }
}

/// <summary>Leases (thesis §6.4.1).</summary>
/// <param name="MaxDriftPercent">By how much the clock of another process may run faster than this one's.</param>
internal sealed record LeaseOptions(int MaxDriftPercent);

/// <summary>The number of requests and request keys that every process remembers, to recognise retries.</summary>
/// <param name="MaxOrigins">The most origins. Those of the latest requests stay.</param>
/// <param name="MaxRequests">The most requests of one origin. Those with the highest numbers stay.</param>
/// <param name="MaxInAll">
/// The most requests of all origins, at least <paramref name="MaxOrigins"/>. Of the origins that are silent longest only the latest stays.
/// </param>
/// <param name="MaxKeys">The most request keys of all origins. Those of the latest pairs stay.</param>
/// <param name="MaxClosed">The most closed origins, of each of which only the last number is known. Those closed last stay.</param>
internal sealed record SessionBounds(
    int MaxOrigins = Snapshot.MaxSessions,
    int MaxRequests = SessionState.MaxAnswered,
    int MaxKeys = KeyTable.MaxKeys,
    int MaxClosed = Snapshot.MaxClosed,
    int MaxInAll = Snapshot.MaxRequests);

/// <summary>
/// Parts of Raft that can be left out, to run the test suites of other libraries. No group in production leaves one out.
/// </summary>
/// <param name="NoOp">A leader begins its term with its own entry (§8).</param>
/// <param name="PreVote">A process raises its term only after a majority has said that it would vote for it (thesis §9.6).</param>
/// <param name="CheckQuorum">A leader that hears no majority steps down (thesis §6.2).</param>
internal sealed record RaftVariations(bool NoOp = true, bool PreVote = true, bool CheckQuorum = true);
