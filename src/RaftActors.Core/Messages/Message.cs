using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// A message between the cores of two processes. <paramref name="To"/> may bear no incarnation when it is not known yet (a greeting).
/// Messages may be lost, doubled, reordered and late: Core copes with each.
/// </summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver; one of another incarnation refuses it.</param>
/// <param name="Group">The sender's group, or none before it is founded.</param>
/// <param name="Term">The sender's term (§5.1); a pre-vote bears the term it would campaign in.</param>
/// <param name="Body">What it says.</param>
public sealed record Envelope(Member From, Member To, GroupUid Group, Term Term, Message Body);

/// <summary>What cores say to each other. Closed.</summary>
public abstract record Message
{
    private Message()
    {
    }

    /// <summary>"I exist; record me." Sent to each process of the roster until it answers. An answer is the receiver's own greeting with <c>IsReply</c>.</summary>
    /// <param name="Position">The end of the sender's log.</param>
    /// <param name="BootCount">How often the sender's store was opened; one that goes back is a restored old disk.</param>
    /// <param name="Recorded">In an answer: the incarnation that the sender has durably recorded as the first of the receiver's name.</param>
    /// <param name="IsReply">An answer, which is not answered.</param>
    public sealed record Greeting(LogPosition Position, long BootCount, Incarnation Recorded, bool IsReply) : Message;

    /// <summary>RequestVote (§5.2), or the question whether it would be granted (pre-vote, thesis §9.6).</summary>
    public sealed record RequestVote(LogPosition Position, bool IsPreVote) : Message;

    /// <summary>The answer to a RequestVote. A refusal of a pre-vote may name a process that should lead rather.</summary>
    public sealed record RequestVoteReply(bool Granted, bool IsPreVote) : Message;

    /// <summary>AppendEntries (§5.3); with no entries it is a heartbeat.</summary>
    /// <param name="Previous">The entry before the first of <paramref name="Entries"/>: index, term, serial and the rolling hash up to it.</param>
    /// <param name="Entries">Consecutive entries from <c>Previous.Index + 1</c>.</param>
    /// <param name="Commit">The leader's commit index.</param>
    /// <param name="LeaderSerial">The last serial in the leader's log.</param>
    public sealed record AppendEntries(LogPosition Previous, ImmutableArray<LogEntry> Entries, LogIndex Commit, Serial LeaderSerial) : Message;

    /// <summary>
    /// The answer to an AppendEntries. Accepted: everything up to <paramref name="Match"/> agrees and is durable. Otherwise <paramref name="Match"/> is where the
    /// leader should try next, found by skipping the conflicting term (§5.3).
    /// </summary>
    public sealed record AppendEntriesReply(bool Accepted, LogIndex Match, Term ConflictTerm) : Message;

    /// <summary>"I will not deal with you", with the reason. Definite: the receiver changes something before it tries again.</summary>
    public sealed record Refusal(RefusalReason Reason, Serial Serial, string Detail) : Message;
}

/// <summary>The end of a log, or a place in it: what elections compare and AppendEntries match on.</summary>
/// <param name="Hash">The rolling hash over the pairs up to here; it tells apart preloaded logs, whose entries all bear term 0.</param>
public readonly record struct LogPosition(LogIndex Index, Term Term, Serial Serial, ulong Hash);

/// <summary>Why a process will not deal with another.</summary>
public enum RefusalReason
{
    /// <summary>Another incarnation of that name is known: the disk was lost or replaced. The newcomer does not vote under the old identity.</summary>
    OtherIncarnation,

    /// <summary>The store's boot counter went back: an old disk was restored.</summary>
    RestoredDisk,

    /// <summary>The sender belongs to another group.</summary>
    OtherGroup,

    /// <summary>The name is not in the roster.</summary>
    NotInRoster,

    /// <summary>The logs differ below their common end; the serial is the first that differs.</summary>
    Diverged,
}
