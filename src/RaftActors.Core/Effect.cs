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
    /// Make this durable, then answer with <see cref="Input.Persisted"/>. Writes are done in the order of their tickets. Entries replace all at
    /// and above the index of the first of them.
    /// </summary>
    public sealed record Persist(Ticket Ticket, HardState? HardState, ImmutableArray<LogEntry> Entries) : Effect;

    /// <summary>These entries are committed. Each is given once in the life of a core, in index order, preloaded ones included.</summary>
    public sealed record Commit(ImmutableArray<LogEntry> Entries) : Effect;

    /// <summary>The leader's log took the pair under this serial. It is not committed yet.</summary>
    public sealed record Accepted(RequestId Request, LogIndex Index, Term Term, Serial Serial) : Effect;

    /// <summary>The pair was not written anywhere. <paramref name="Leader"/> is who to ask instead, where known.</summary>
    public sealed record Rejected(RequestId Request, RejectReason Reason, Member? Leader) : Effect;

    /// <summary>A process of the group became known, or known again.</summary>
    public sealed record PeerMet(Member Peer, Serial Serial) : Effect;

    /// <summary>The quorum changed, or was lost (null): two election timeouts without one. A view; safety never depends on it.</summary>
    public sealed record QuorumChanged(QuorumView? Quorum) : Effect;

    /// <summary>A leader is known, became ready, or was lost (null). Given on followers too; comes after the QuorumChanged it belongs to.</summary>
    public sealed record LeaderChanged(LeaderView? Leader) : Effect;

    /// <summary>Somebody will not deal with this process, or it found out itself that it must not go on. To be shown to people.</summary>
    public sealed record Refused(Member? By, RefusalReason Reason, Serial Serial, string Detail) : Effect;
}

/// <summary>Why a pair was not written.</summary>
public enum RejectReason
{
    /// <summary>This process does not lead.</summary>
    NotLeader,

    /// <summary>The leader has too much uncommitted already; try later.</summary>
    Busy,
}

/// <summary>What must be durable besides the log (Figure 2): the term, the vote, and the incarnation first seen under each name of the roster.</summary>
public sealed record HardState(Term Term, Member? VotedFor, ImmutableArray<Member> Recorded);

/// <summary>The quorum as this process sees it.</summary>
/// <param name="Members">The K quorum members, leader-to-be first at founding, then by name.</param>
/// <param name="IsMember">Whether this process is one of them.</param>
/// <param name="IsCommitted">Announced at first, then committed.</param>
/// <param name="Configuration">What it was read from.</param>
public sealed record QuorumView(ImmutableArray<Member> Members, bool IsMember, bool IsCommitted, Configuration Configuration);

/// <summary>The leader as this process sees it.</summary>
/// <param name="Serial">The last serial in the leader's log when it was elected, or when this process first heard of it.</param>
/// <param name="IsReady">It has committed an entry of its own term, and may serve.</param>
public sealed record LeaderView(Member Leader, Term Term, Serial Serial, bool IsSelf, bool IsReady);
