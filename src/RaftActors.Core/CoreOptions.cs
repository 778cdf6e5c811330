using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>What a core is told once. Times are in ticks; how long a tick is, the shell decides.</summary>
public sealed record CoreOptions
{
    /// <summary>This process.</summary>
    public required Member Self { get; init; }

    /// <summary>The founding roster: the names of all N processes, the same on each of them.</summary>
    public required ImmutableArray<ProcessName> Roster { get; init; }

    /// <summary>The largest quorum: odd, 3 to 11.</summary>
    public int MaxQuorum { get; init; } = 11;

    /// <summary>
    /// The shortest election timeout (§5.2); each is drawn at random from here up to <see cref="ElectionTimeoutMaxTicks"/>.
    /// </summary>
    public int ElectionTimeoutMinTicks { get; init; } = 20;

    /// <summary>The longest election timeout, included.</summary>
    public int ElectionTimeoutMaxTicks { get; init; } = 40;

    /// <summary>Between two heartbeats of a leader; well below the shortest election timeout.</summary>
    public int HeartbeatTicks { get; init; } = 5;

    /// <summary>
    /// After a hint that the leader is gone the first of the voters, by name, campaigns at once, and each next one so much later: apart
    /// enough that they do not split the votes.
    /// </summary>
    public int HintStaggerTicks { get; init; } = 1;

    /// <summary>How long the founding waits for all N before it goes on with those that it needs.</summary>
    public int FoundingTimeoutTicks { get; init; } = 200;

    /// <summary>The identity that the group gets if this process founds it.</summary>
    public required GroupUid FoundingUid { get; init; }

    /// <summary>
    /// Decides every random choice: same seed and inputs, same effects. In service it is drawn anew at each start, since the start's mark
    /// (<see cref="Boot"/>) comes from it.
    /// </summary>
    public required ulong Seed { get; init; }

    /// <summary>Entries in one AppendEntries at most.</summary>
    public int MaxEntriesPerMessage { get; init; } = 256;

    /// <summary>
    /// Bytes of keys and values in one AppendEntries at most, or one entry if that alone has more: transports refuse what is too large,
    /// and what is refused once would be for ever.
    /// </summary>
    public int MaxBytesPerMessage { get; init; } = 64_000;

    /// <summary>
    /// Messages with entries that may be under way to one process at a time; what comes after them waits for an answer.
    /// </summary>
    public int MaxInflightMessages { get; init; } = 64;

    /// <summary>The same, in bytes of keys and values.</summary>
    public long MaxInflightBytes { get; init; } = 4_000_000;

    /// <summary>
    /// Bytes of keys and values that a leader holds uncommitted at most; then it takes no more (<see cref="RejectionReason.Busy"/>). One
    /// proposal is always taken when nothing is held.
    /// </summary>
    public long MaxUncommittedBytes { get; init; } = 64_000_000;

    /// <summary>Entries that are kept behind a snapshot, for processes that are not far behind.</summary>
    public int RetainedEntries { get; init; } = 1000;

    /// <summary>Bytes of one piece of a snapshot at most; one session is sent even if it takes more.</summary>
    public int SnapshotChunkBytes { get; init; } = 64_000;

    /// <summary>
    /// Who should rather lead: a leader hands over to a voter of higher priority that is caught up and stable. A preference only: no vote
    /// is refused for it. 0 by default; the same everywhere means no preference.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>How long a transfer of leadership may take; then the leader goes on.</summary>
    public int TransferTimeoutTicks { get; init; } = 40;

    /// <summary>A leader whose oldest write takes longer than this makes room, and does not campaign until the write is done.</summary>
    public int DiskStallTicks { get; init; } = 100;

    /// <summary>
    /// Reads without a round of messages while a majority is bound by a promise. The same on every process of a group, since voters keep
    /// the promise and the leader relies on it. Null: no leases.
    /// </summary>
    public LeaseOptions? Lease { get; init; }

    /// <summary>
    /// The leader keeps K voters: it promotes learners that are caught up and stable, and exchanges a voter that is gone for one.
    /// </summary>
    public bool KeepsQuorum { get; init; } = true;

    /// <summary>
    /// A voter that was not heard for so long is exchanged, if there is a stable learner to put in its place. So is a voter that was heard,
    /// lacked committed entries, and came no nearer to the commit index for so long.
    /// </summary>
    public int GoneTicks { get; init; } = 200;

    /// <summary>A learner that was heard and caught up for so long without a break is fit to vote; the time between two such
    /// changes too.</summary>
    public int StableTicks { get; init; } = 40;

    /// <summary>
    /// This process founds nothing and waits until a group takes it in. The roster names this process alone; who the others are, the
    /// group's log will tell.
    /// </summary>
    public bool IsJoining { get; init; }

    /// <summary>
    /// How many requests are remembered. Not a user setting: all processes of a group must forget the same requests. No other code of the
    /// product sets it, so processes of one version agree. Tests set lower bounds, which are reached sooner.
    /// </summary>
    public SessionBounds Sessions { get; init; } = new();

    /// <summary>What test suites of the field set differently. For tests only.</summary>
    public RaftVariations Variations { get; init; } = new();

    internal void Check()
    {
        Demand(Self.Incarnation != Incarnation.None, "Self needs an incarnation");
        Demand(Roster.Contains(Self.Name), $"the roster does not contain {Self.Name}");
        Demand(Roster.Distinct().Count() == Roster.Length, "the roster contains a name twice");
        Demand(MaxQuorum is >= 3 and <= 11 && MaxQuorum % 2 == 1, "MaxQuorum must be odd, from 3 to 11");
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
        Demand(RetainedEntries >= 0, "RetainedEntries must not be negative");
        Demand(SnapshotChunkBytes >= 1, "SnapshotChunkBytes must be positive");
        Demand(TransferTimeoutTicks >= 1, "TransferTimeoutTicks must be positive");
        Demand(DiskStallTicks >= 1, "DiskStallTicks must be positive");
        Demand(GoneTicks >= ElectionTimeoutMaxTicks, "GoneTicks must not be below ElectionTimeoutMaxTicks");
        Demand(StableTicks >= 0, "StableTicks must not be negative");
        Demand(!IsJoining || Roster.Length == 1, "who joins has a roster of itself alone");
        Demand(Sessions.MaxOrigins is >= 1 and <= Snapshot.MaxSessions, $"Sessions.MaxOrigins must be from 1 to {Snapshot.MaxSessions}");
        Demand(
            Sessions.MaxRequests is >= 1 and <= SessionState.MaxAnswered,
            $"Sessions.MaxRequests must be from 1 to {SessionState.MaxAnswered}");
        Demand(Lease is null || Lease.TickMicroseconds >= 1, "Lease.TickMicroseconds must be positive");
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

/// <summary>Leases (thesis §6.4.1): what turns a promise in ticks into time on a clock.</summary>
/// <param name="TickMicroseconds">The least time between two ticks.</param>
/// <param name="MaxDriftPercent">How much faster one process's clock may run than another's.</param>
public sealed record LeaseOptions(long TickMicroseconds, int MaxDriftPercent);

/// <summary>How many requests every process remembers, so that it recognises a retry of them.</summary>
/// <param name="MaxOrigins">Origins: the ones of the latest requests.</param>
/// <param name="MaxRequests">Requests of each origin: the ones with the highest numbers.</param>
public sealed record SessionBounds(int MaxOrigins = Snapshot.MaxSessions, int MaxRequests = SessionState.MaxAnswered);

/// <summary>Parts of Raft that can be left out, so that others' test suites can be told. A group in service leaves out none.</summary>
/// <param name="NoOp">A leader opens its term with an entry of its own (§8).</param>
/// <param name="PreVote">Nobody raises its term before a majority said that it would vote for it (thesis §9.6).</param>
/// <param name="CheckQuorum">A leader that hears no majority steps down (thesis §6.2).</param>
public sealed record RaftVariations(bool NoOp = true, bool PreVote = true, bool CheckQuorum = true);
