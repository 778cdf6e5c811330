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
    /// Make this durable, then answer with <see cref="Input.Persisted"/>. Writes are done in the order of their tickets, each whole or not
    /// at all. Entries replace all at and above the index of the first of them. What may be said only afterwards, Core itself holds back.
    /// </summary>
    public sealed record Persist(Ticket Ticket, HardState? HardState, ImmutableArray<LogEntry> Entries) : Effect;

    /// <summary>
    /// These entries are committed. Each is given once in the life of a core, in index order, preloaded ones included, and after the
    /// quorum. A majority has them on disk; this process itself may still be writing them.
    /// </summary>
    public sealed record Commit(ImmutableArray<LogEntry> Entries) : Effect;

    /// <summary>The leader's log took the pair under this serial. It is not committed yet.</summary>
    public sealed record Accepted(RequestId Request, LogIndex Index, Term Term, Serial Serial) : Effect;

    /// <summary>This process does not lead, so the pair was written nowhere.</summary>
    public sealed record Rejected(RequestId Request) : Effect;

    /// <summary>A process of the group became known, or known again.</summary>
    public sealed record PeerMet(Member Peer, Serial Serial) : Effect;

    /// <summary>The quorum changed, or was lost (null): two election timeouts without one. A view; safety never depends on it.</summary>
    public sealed record QuorumChanged(QuorumView? Quorum) : Effect;

    /// <summary>
    /// A leader is known, became ready, or was lost (null). Given on followers too; comes after the QuorumChanged it belongs to.
    /// </summary>
    public sealed record LeaderChanged(LeaderView? Leader) : Effect;

    /// <summary>
    /// That process and this one do not go together. To be shown to people: the detail says why, and what to do. Given once for each life
    /// of the other.
    /// </summary>
    public sealed record Refused(Member By, RefusalReason Reason, Serial Serial, string Detail) : Effect;
}

/// <summary>
/// What must be durable besides the log (Figure 2): the term, the vote, and the incarnation first seen under each name of the roster.
/// </summary>
public sealed record HardState(Term Term, Member? VotedFor, ImmutableArray<Member> Recorded)
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
