using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// A message between the cores of two processes. Core copes with a network that loses, duplicates, reorders and delays messages.
/// </summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver. Another incarnation refuses the message. A greeting may leave the incarnation out.</param>
/// <param name="Group">The sender's group, or <see cref="GroupUid.None"/> until the sender knows that its founding is committed.</param>
/// <param name="Term">The sender's term (§5.1). A pre-vote has the term that it would campaign in.</param>
/// <param name="Boot">The sender's start.</param>
/// <param name="Body">The content.</param>
internal sealed record Envelope(Member From, Member To, GroupUid Group, Term Term, Boot Boot, Message Body);

/// <summary>The content of a message between cores. Closed.</summary>
internal abstract record Message
{
    private Message()
    {
    }

    /// <summary>
    /// Introduces the sender, so that the receiver records it. Sent to each process of the roster until it replies, and as a sign of life
    /// until the group is founded. The reply is the receiver's own greeting.
    /// </summary>
    /// <param name="Position">The end of the sender's log.</param>
    /// <param name="Recorded">The incarnation that the sender has durably recorded as the first of the receiver's name, or none.</param>
    /// <param name="IsReply">This is a reply, which gets none.</param>
    public sealed record Greeting(LogPosition Position, Incarnation Recorded, bool IsReply) : Message
    {
        /// <summary>The sender's <see cref="CoreOptions.FailureDomain"/>.</summary>
        public string FailureDomain { get; init; } = "";

        /// <summary>The sender's <see cref="CoreOptions.Version"/>.</summary>
        public GroupVersion Version { get; init; } = GroupVersion.Lowest;
    }

    /// <summary>RequestVote (§5.2), or the question whether it would be granted (pre-vote, thesis §9.6).</summary>
    /// <param name="IsTransfer">The leader told the sender to campaign, so no voter refuses it for the sake of that leader.</param>
    public sealed record RequestVote(LogPosition Position, bool IsPreVote, bool IsTransfer = false) : Message;

    /// <summary>
    /// The reply to a RequestVote. Its envelope has the voter's term; that of a granted pre-vote has the requested term. A refused
    /// pre-vote may be granted later.
    /// </summary>
    /// <param name="Asked">
    /// The boot of the request. A vote counts only for the start that asked for it. With a restored disk, a process may campaign again in a
    /// term of its former life, and a late vote for the longer log of that life must not elect it.
    /// </param>
    public sealed record RequestVoteReply(bool Granted, bool IsPreVote, Boot Asked = default) : Message;

    /// <summary>AppendEntries (§5.3); without entries it is a heartbeat.</summary>
    /// <param name="Previous">The place before the first of <paramref name="Entries"/>, with the hash of all pairs up to it.</param>
    /// <param name="Entries">Consecutive entries from <c>Previous.Index + 1</c>.</param>
    /// <param name="Commit">The leader's commit index.</param>
    /// <param name="LeaderSerial">The last serial in the leader's log.</param>
    /// <param name="Round">The leader's latest round of reads, which each reply answers.</param>
    public sealed record AppendEntries(LogPosition Previous, LogSlice Entries, LogIndex Commit, Serial LeaderSerial, long Round = 0)
        : Message;

    /// <summary>
    /// The reply to AppendEntries. Accepted: everything up to <paramref name="Match"/> agrees and is durable. Otherwise <paramref
    /// name="Match"/> is where the leader should try next, found by skipping the conflicting term (§5.3), and <paramref
    /// name="ConflictTerm"/> the follower's term there.
    /// </summary>
    /// <param name="IsAdmitted">The sender may vote. If not, its entries do not count either, because another incarnation of it may have
    /// voted.</param>
    /// <param name="Round">The round of the message that this answers.</param>
    /// <param name="Priority">The sender's <see cref="CoreOptions.Priority"/>.</param>
    public sealed record AppendEntriesReply(
        bool Accepted,
        LogIndex Match,
        Term ConflictTerm,
        bool IsAdmitted,
        long Round = 0,
        int Priority = 0) : Message
    {
        /// <summary>The sender's <see cref="CoreOptions.Promise"/> at the time when it took the message.</summary>
        public long Promise { get; init; }

        /// <summary>The application of the sender has applied all pairs up to this serial (<see cref="Input.Applied"/>).</summary>
        public Serial Applied { get; init; }
    }

    /// <summary>
    /// A leader without work asks for quiescence, in place of a heartbeat. The receiver agrees if its log ends at the same place, committed
    /// and durable.
    /// </summary>
    public sealed record Quiesce(LogPosition Last) : Message;

    /// <summary>The answer to <see cref="Quiesce"/>.</summary>
    /// <param name="Last">The end of the leader's log in the question.</param>
    /// <param name="Agrees">The sender is quiescent. It has everything up to there, and counts no ticks until it is woken.</param>
    public sealed record QuiesceReply(LogIndex Last, bool Agrees) : Message;

    /// <summary>The leader tells one voter to campaign at once, without a pre-vote (thesis §3.10).</summary>
    public sealed record TimeoutNow : Message
    {
        public static TimeoutNow Instance { get; } = new();
    }

    /// <summary>Asks the leader for the commit index, as of now (thesis §6.4). One question may serve many reads.</summary>
    /// <param name="MayUseLease">If false, the leader answers by a round of messages even if it holds a lease.</param>
    public sealed record ReadIndex(ReadId Id, bool MayUseLease) : Message;

    /// <summary>The answer, without an index if the receiver does not lead.</summary>
    public sealed record ReadIndexReply(ReadId Id, LogIndex? Index) : Message;

    /// <summary>
    /// InstallSnapshot (§7): a piece of a snapshot, in place of entries that the leader has compacted. Like AppendEntries, it tells who
    /// leads. The pieces are one sequence: first the sessions, then the keys, then the bytes of the state, so the description is complete
    /// before the first byte is written. A piece has sessions, or keys, or bytes, or none of them.
    /// </summary>
    /// <param name="Snapshot">The description without the sessions and keys, which may take megabytes.</param>
    /// <param name="SessionCount">The number of its sessions.</param>
    /// <param name="Place">
    /// The place of the piece in the sequence. Each place below <paramref name="SessionCount"/> is a session. Then each of <see
    /// cref="KeyCount"/> places is a key, and then each place is a byte.
    /// </param>
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
        public int KeyCount { get; init; }

        /// <summary>The keys from <see cref="Place"/> on.</summary>
        public ImmutableArray<CommittedKey> Keys { get; init; } = [];

        /// <summary>A heartbeat, or the whole of a snapshot without sessions, keys and bytes.</summary>
        public bool IsEmpty => Sessions.IsEmpty && Keys.IsEmpty && Data.IsEmpty;
    }

    /// <summary>
    /// The receiver has the snapshot up to this place, the state durably, and wants the next piece. An installed snapshot is
    /// acknowledged by <see cref="AppendEntriesReply"/> instead.
    /// </summary>
    public sealed record SnapshotChunkReply(LogPosition Snapshot, long NextPlace, long Round) : Message
    {
        /// <inheritdoc cref="AppendEntriesReply.Promise"/>
        public long Promise { get; init; }
    }

    /// <summary>
    /// Finds out where two logs diverge that cannot both be right. The two processes take turns in halving the range, until one knows the
    /// first serial that differs, and then sends a <see cref="Refusal"/>.
    /// </summary>
    /// <param name="Agreed">The logs agree up to here.</param>
    /// <param name="Differs">The logs differ here.</param>
    /// <param name="Mine">A place between the two, or <paramref name="Differs"/> itself, in the sender's log.</param>
    public sealed record ComparePrefix(LogIndex Agreed, LogIndex Differs, LogPosition Mine) : Message;

    /// <summary>Refuses the receiver, with the reason. Final: the receiver must change something before it tries again.</summary>
    /// <param name="Boot">The boot of the refused message, or 0.0 if no single message is refused. It does not refuse a later boot.</param>
    public sealed record Refusal(RefusalReason Reason, Serial Serial, Boot Boot, string Detail) : Message
    {
        /// <summary>The first index that differs, if the logs diverge.</summary>
        public LogIndex Index { get; init; }

        /// <summary>The sender's hash up to and including that index, if the logs diverge.</summary>
        public ulong Hash { get; init; }
    }
}
