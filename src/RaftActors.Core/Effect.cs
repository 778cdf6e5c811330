using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>What a core wants done, as data. The shell carries effects out in the order given and decides nothing. Closed.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Send this; it may be lost. Whatever had to be durable before it is already.</summary>
    public sealed record Send(Envelope Envelope) : Effect;

    /// <summary>
    /// Send this <see cref="Message.SnapshotChunk"/> after filling in its data: at most so many bytes of the snapshot's state from this
    /// offset on. May be left undone if the snapshot cannot be read. Pieces without bytes of the state are sent as they are.
    /// </summary>
    public sealed record SendChunk(Envelope Envelope, long Offset, int Limit) : Effect;

    /// <summary>
    /// Something for the store to do. Writes are done in the order given, each whole or not at all. Closed.
    /// </summary>
    public abstract record Write : Effect
    {
        private protected Write()
        {
        }

        /// <summary>What <see cref="Input.Persisted"/> says when it is durable; null where nobody waits for that.</summary>
        public Ticket? Acknowledgement => this switch
        {
            Persist persist => persist.Ticket,
            StoreChunk chunk => chunk.Ticket,
            InstallSnapshot install => install.Ticket,
            _ => null,
        };
    }

    /// <summary>
    /// Make this durable, then answer with <see cref="Input.Persisted"/>. The tickets of this and of the two kinds below are one sequence.
    /// Entries replace all at and above the index of the first of them. What may be said only afterwards, Core itself holds back.
    /// </summary>
    public sealed record Persist(Ticket Ticket, HardState? HardState, LogSlice Entries) : Write;

    /// <summary>
    /// A piece of the state of a snapshot that is coming in: write it aside. A piece at offset 0 begins anew and drops what was there. The
    /// description is complete from the first piece on.
    /// </summary>
    public sealed record StoreChunk(Ticket Ticket, Snapshot Snapshot, long Offset, ReadOnlyMemory<byte> Data) : Write;

    /// <summary>
    /// The snapshot that came in is whole: make it the current one, durably and in one step, and the application's state with it. Entries
    /// up to its position go; those after it stay only if <paramref name="KeepsLog"/>. Later commits go on from its position.
    /// </summary>
    public sealed record InstallSnapshot(Ticket Ticket, Snapshot Snapshot, bool KeepsLog) : Write;

    /// <summary>
    /// Not needed any more: entries up to <paramref name="Log"/> (whose position is to be kept, as <see cref="InitialState.Base"/>), and
    /// snapshots before <paramref name="Snapshot"/>, which is the oldest that is still being sent to somebody. The shell may do it at any
    /// time after, or never; only a log that ends before that position is given up whole before more is written to it.
    /// </summary>
    public sealed record Discard(LogPosition Log, LogIndex Snapshot) : Write;

    /// <summary>
    /// These entries are committed. Each is given once in the life of a core, in index order, preloaded ones included, and after the
    /// quorum. A majority has them on disk; this process itself may still be writing them.
    /// </summary>
    public sealed record Commit(LogSlice Entries) : Effect;

    /// <summary>The leader's log took these pairs, under their serials and requests. They are not committed yet.</summary>
    public sealed record Accepted(LogSlice Entries) : Effect;

    /// <summary>
    /// The pair of this request is in the leader's log already, at this place. It is committed when <see cref="Commit"/> has given that
    /// index, which may have been long ago.
    /// </summary>
    public sealed record Repeated(RequestId Request, LogIndex Index, Serial Serial) : Effect;

    /// <summary>These pairs were written nowhere by this proposal.</summary>
    public sealed record Rejected(ImmutableArray<Payload.Pair> Pairs, RejectionReason Reason) : Effect;

    /// <summary>A state that has applied everything up to this index may answer the read.</summary>
    public sealed record ReadReady(ReadId Id, LogIndex Index) : Effect;

    /// <summary>No leader confirmed the read. It can be asked again.</summary>
    public sealed record ReadFailed(ReadId Id) : Effect;

    /// <summary>
    /// A transfer that was asked for is over. One that was under way when another was asked for ends as timed out; that is for this process
    /// only, and its target may still come to lead.
    /// </summary>
    public sealed record TransferEnded(ProcessName? Target, TransferOutcome Outcome) : Effect;

    /// <summary>The leader's log took the change, at this index. It is done when a configuration that is not joint is committed there or
    /// later.</summary>
    public sealed record MembersAccepted(RequestId Request, LogIndex Index) : Effect;

    /// <summary>The change was not made. The detail is for people.</summary>
    public sealed record MembersRefused(RequestId Request, MembersRefusalReason Reason, string Detail) : Effect;

    /// <summary>The leader put a configuration into its log, and this is why. For people.</summary>
    public sealed record MembersDecided(LogIndex Index, Configuration Configuration, string Reason) : Effect;

    /// <summary>A process of the group became known, or known again.</summary>
    public sealed record PeerMet(Member Peer, Serial Serial) : Effect;

    /// <summary>The quorum changed, or was lost (null): two election timeouts without one. A view; safety never depends on it.</summary>
    public sealed record QuorumChanged(QuorumView? Quorum) : Effect;

    /// <summary>
    /// A leader is known, became ready, or was lost (null). Given on learners too; comes after the QuorumChanged it belongs to.
    /// </summary>
    public sealed record LeaderChanged(LeaderView? Leader) : Effect;

    /// <summary>
    /// That process and this one do not go together, or that one and a third (<see cref="RefusalReason.Disputed"/>). To be shown to people:
    /// the detail says why, and what to do. Given once for each life of the other.
    /// </summary>
    public sealed record Refused(Member By, RefusalReason Reason, Serial Serial, string Detail) : Effect;

    /// <summary>
    /// This process takes no part any more: it votes for nobody, counts for nothing and asks for nothing until it is given an empty store.
    /// </summary>
    public sealed record Fenced(Fence Fence, string Detail) : Effect;
}

/// <summary>
/// What must be durable besides the log (Figure 2): the term, the vote, and the starts of other processes.
/// </summary>
/// <param name="Recorded">By name. The first record of a name is that of the first incarnation that was met under it.</param>
public sealed record HardState(Term Term, Member? VotedFor, ImmutableArray<PeerRecord> Recorded)
{
    /// <summary>
    /// This incarnation may vote: a majority of the others has recorded it as the first of its name, or a committed configuration holds it.
    /// Kept, because after a restart those others may be gone.
    /// </summary>
    public bool IsAdmitted { get; init; }

    /// <summary>
    /// The group whose founding this process knows to be committed; none before. It never changes, and messages of another group are
    /// refused.
    /// </summary>
    public GroupUid Group { get; init; }

    /// <summary>The latest start of this process. Core raises it at each start.</summary>
    public Boot Boot { get; init; }

    /// <summary>
    /// The founding roster, by name: before the founding a process starts with no other one. Empty in the store of a process that joins,
    /// and of a group that was founded before stores held it.
    /// </summary>
    public ImmutableArray<ProcessName> Roster { get; init; } = [];

    /// <summary>Why this process takes no part any more; null as long as it does.</summary>
    public Fence? Fence { get; init; }
}

/// <summary>An incarnation that was met, and the latest of its starts that was heard of.</summary>
public readonly record struct PeerRecord(Member Member, Boot Boot)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Member}";
}

/// <summary>Why a process is shut out, for good.</summary>
/// <param name="Serial">Of diverged logs the first serial that differs; otherwise 0.</param>
public readonly record struct Fence(RefusalReason Reason, Serial Serial)
{
    /// <inheritdoc/>
    public override string ToString() => Reason == RefusalReason.Diverged
        ? $"a majority has another log from serial {Serial} on"
        : "its store is an old copy, or its disk did not keep what it said it had written, and what was promised is forgotten";
}

/// <summary>The quorum as this process sees it.</summary>
/// <param name="Members">The K quorum members, leader-to-be first at founding, then by name.</param>
/// <param name="IsMember">Whether this process is one of them.</param>
/// <param name="Configuration">What it was read from.</param>
public sealed record QuorumView(ImmutableArray<Member> Members, bool IsMember, Configuration Configuration);

/// <summary>The leader as this process sees it.</summary>
/// <param name="Serial">The last serial in the leader's log when it was elected, or when this process first heard of it.</param>
/// <param name="IsReady">It has committed an entry of its own term, and may serve.</param>
public sealed record LeaderView(Member Leader, Term Term, Serial Serial, bool IsSelf, bool IsReady);

/// <summary>Why a pair was not taken.</summary>
public enum RejectionReason
{
    /// <summary>This process does not lead.</summary>
    NotLeader,

    /// <summary>Too much is waiting to be committed (<see cref="CoreOptions.MaxUncommittedBytes"/>); ask again later.</summary>
    Busy,

    /// <summary>The leadership is being handed over; ask again soon.</summary>
    Transferring,

    /// <summary>The disk of the leader is nearly full (<see cref="Input.DiskSpace"/>).</summary>
    DiskFull,

    /// <summary>The session has forgotten requests as old as this one: whether it was appended before is not known.</summary>
    Expired,
}

/// <summary>How a transfer of leadership ended.</summary>
public enum TransferOutcome
{
    /// <summary>The target leads.</summary>
    Done,

    /// <summary>This process does not lead, or has stopped leading to somebody else meanwhile.</summary>
    NotLeader,

    /// <summary>There is no such voter, or none that could be asked.</summary>
    NoSuchVoter,

    /// <summary>The target did not take over in time; this process leads on.</summary>
    TimedOut,
}

/// <summary>Why a change of members was not made.</summary>
public enum MembersRefusalReason
{
    /// <summary>This process does not lead.</summary>
    NotLeader,

    /// <summary>Another change, or the leader's first entry, is not committed yet; ask again soon.</summary>
    UnderWay,

    /// <summary>The configuration that the change was computed from is not the latest any more.</summary>
    Outdated,

    /// <summary>The change makes no sense: the detail says why.</summary>
    Invalid,
}
