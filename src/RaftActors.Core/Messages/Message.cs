using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// A message between the cores of two processes. <paramref name="To"/> may bear no incarnation when it is not known yet (a greeting).
/// Messages may be lost, doubled, reordered and late: Core copes with each.
/// </summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver; one of another incarnation refuses it.</param>
/// <param name="Group">The sender's group once it knows the founding committed; none before.</param>
/// <param name="Term">The sender's term (§5.1); a pre-vote bears the term it would campaign in.</param>
/// <param name="Boot">The sender's start.</param>
/// <param name="Body">What it says.</param>
public sealed record Envelope(Member From, Member To, GroupUid Group, Term Term, Boot Boot, Message Body);

/// <summary>What cores say to each other. Closed.</summary>
public abstract record Message
{
    private Message()
    {
    }

    /// <summary>
    /// "I exist; record me." Sent to each process of the roster until it answers, and as a sign of life until the group is founded. An
    /// answer is the receiver's own greeting with <c>IsReply</c>.
    /// </summary>
    /// <param name="Position">The end of the sender's log.</param>
    /// <param name="Recorded">The incarnation that the sender has durably recorded as the first of the receiver's name; none if it has not
    /// met it.</param>
    /// <param name="IsReply">An answer, which is not answered.</param>
    public sealed record Greeting(LogPosition Position, Incarnation Recorded, bool IsReply) : Message;

    /// <summary>RequestVote (§5.2), or the question whether it would be granted (pre-vote, thesis §9.6).</summary>
    /// <param name="IsTransfer">The leader itself asked the sender to campaign: no voter refuses it for that leader's sake.</param>
    public sealed record RequestVote(LogPosition Position, bool IsPreVote, bool IsTransfer = false) : Message;

    /// <summary>
    /// The answer to a RequestVote. Its envelope bears the voter's term; that of a granted pre-vote bears the term that was asked for. A
    /// refused pre-vote may be granted later, when what stood against it is gone.
    /// </summary>
    public sealed record RequestVoteReply(bool Granted, bool IsPreVote) : Message;

    /// <summary>AppendEntries (§5.3); with no entries it is a heartbeat.</summary>
    /// <param name="Previous">The entry before the first of <paramref name="Entries"/>: index, term, serial and the rolling hash up to
    /// it.</param>
    /// <param name="Entries">Consecutive entries from <c>Previous.Index + 1</c>.</param>
    /// <param name="Commit">The leader's commit index.</param>
    /// <param name="LeaderSerial">The last serial in the leader's log.</param>
    /// <param name="Round">The leader's latest round of questions "do I still lead?"; every answer is an answer to it.</param>
    public sealed record AppendEntries(LogPosition Previous, LogSlice Entries, LogIndex Commit, Serial LeaderSerial, long Round = 0)
        : Message;

    /// <summary>
    /// The answer to an AppendEntries. Accepted: everything up to <paramref name="Match"/> agrees and is durable. Otherwise <paramref
    /// name="Match"/> is where the leader should try next, found by skipping the conflicting term (§5.3), and <paramref
    /// name="ConflictTerm"/> the term that the follower has there.
    /// </summary>
    /// <param name="IsAdmitted">
    /// The sender may vote. One that may not is not counted for entries either: it may be another life of a process that voted already.
    /// </param>
    /// <param name="Round">The round of the message that is answered.</param>
    /// <param name="Priority">The sender's, see <see cref="CoreOptions.Priority"/>.</param>
    public sealed record AppendEntriesReply(
        bool Accepted,
        LogIndex Match,
        Term ConflictTerm,
        bool IsAdmitted,
        long Round = 0,
        int Priority = 0) : Message;

    /// <summary>The leader to one voter: campaign now, without asking first and without waiting (thesis §3.10).</summary>
    public sealed record TimeoutNow : Message
    {
        /// <summary>The only one needed.</summary>
        public static TimeoutNow Instance { get; } = new();
    }

    /// <summary>To the leader: up to where is everything committed, now (thesis §6.4)? One question may stand for many reads.</summary>
    public sealed record ReadIndex(ReadId Id) : Message;

    /// <summary>The answer; no index if the process that was asked does not lead.</summary>
    public sealed record ReadIndexReply(ReadId Id, LogIndex? Index) : Message;

    /// <summary>
    /// InstallSnapshot (§7): a piece of a snapshot, in place of entries that the leader does not have any more. With it everything an
    /// AppendEntries says about the leader. What is sent is one sequence, first the sessions and then the bytes of the state, so that who
    /// writes the first byte knows the whole description. A piece holds some of the ones, some of the others, or nothing.
    /// </summary>
    /// <param name="Snapshot">Without its sessions, which may be megabytes.</param>
    /// <param name="SessionCount">How many sessions it has.</param>
    /// <param name="Place">Where in the sequence the piece belongs: up to <paramref name="SessionCount"/> each place is a session, from
    /// there on a byte.</param>
    /// <param name="Sessions">The sessions from there on.</param>
    /// <param name="Data">The bytes from there on.</param>
    public sealed record SnapshotChunk(
        Snapshot Snapshot,
        int SessionCount,
        long Place,
        ImmutableArray<SessionState> Sessions,
        ReadOnlyMemory<byte> Data,
        Serial LeaderSerial,
        long Round) : Message
    {
        /// <summary>A heartbeat, or all that there is of a snapshot without sessions and of no bytes.</summary>
        public bool IsEmpty => Sessions.IsEmpty && Data.IsEmpty;
    }

    /// <summary>
    /// Everything of that snapshot up to the place is here, the state durably; the next piece is wanted. When the snapshot is installed, an
    /// <see cref="AppendEntriesReply"/> comes instead.
    /// </summary>
    public sealed record SnapshotChunkReply(LogPosition Snapshot, long NextPlace, long Round) : Message;

    /// <summary>
    /// "Where do our logs part?" Sent when greetings show that two preloaded logs cannot both be right. The two halve the range in turn
    /// until one knows the first serial that differs; it tells the other by a <see cref="Refusal"/>.
    /// </summary>
    /// <param name="Agreed">Up to here the logs are known to agree.</param>
    /// <param name="Differs">Here they are known to differ.</param>
    /// <param name="Mine">A place between the two, or <paramref name="Differs"/> itself, in the sender's log.</param>
    public sealed record ComparePrefix(LogIndex Agreed, LogIndex Differs, LogPosition Mine) : Message;

    /// <summary>"I will not deal with you", with the reason. Definite: the receiver changes something before it tries again.</summary>
    /// <param name="Boot">The start that sent what is refused; a later one is not meant.</param>
    public sealed record Refusal(RefusalReason Reason, Serial Serial, Boot Boot, string Detail) : Message
    {
        /// <summary>Of diverged logs the first index that differs.</summary>
        public LogIndex Index { get; init; }

        /// <summary>Of diverged logs the sender's hash up to and with that index.</summary>
        public ulong Hash { get; init; }
    }
}

/// <summary>Why a process will not deal with another.</summary>
public enum RefusalReason
{
    /// <summary>
    /// Another incarnation of that name is known: the disk was lost or replaced. The newcomer does not vote under the old identity.
    /// </summary>
    OtherIncarnation,

    /// <summary>The sender belongs to another group.</summary>
    OtherGroup,

    /// <summary>The name is not in the roster.</summary>
    NotInRoster,

    /// <summary>The logs differ below their common end; the serial is the first that differs.</summary>
    Diverged,

    /// <summary>The receiver's log differs from the sender's, and a majority has the sender's: the receiver takes no part any
    /// more.</summary>
    Outvoted,

    /// <summary>The sender was shut out and takes no part any more.</summary>
    Fenced,

    /// <summary>The store is an old copy: a later start of the same store was recorded, whose promises this one has forgotten.</summary>
    RestoredDisk,

    /// <summary>The process was removed from the group.</summary>
    Removed,

    /// <summary>
    /// The logs of the sender and of a third process differ, and no majority says yet which of the two is damaged. The receiver itself is
    /// not refused; it reports this.
    /// </summary>
    Disputed,
}
