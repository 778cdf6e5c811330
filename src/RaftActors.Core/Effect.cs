using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// An action that Core asks for, as data. The shell carries out effects in the order given and decides nothing. Closed.
/// </summary>
internal abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>Send this message. It may be lost. All writes that it depends on are durable.</summary>
    internal sealed record Send(Envelope Envelope) : Effect;

    /// <summary>
    /// Send this <see cref="Message.SnapshotChunk"/> with its data filled in: at most <paramref name="Limit"/> bytes of the snapshot's
    /// state from <paramref name="Offset"/> on. If the snapshot cannot be read, the shell may skip it. Pieces without bytes of the state
    /// come as <see cref="Send"/>.
    /// </summary>
    internal sealed record SendChunk(Envelope Envelope, long Offset, int Limit) : Effect;

    /// <summary>
    /// Send this <see cref="Message.AppendEntries"/> with its entries filled in (<see cref="With"/>): those after its previous place up to
    /// <paramref name="Last"/>. They have left the memory of Core, and the store has them. Skipped if one of them was discarded since. The
    /// shell need not wait for the store. But a later AppendEntries that overtakes this one is refused and costs a probe, so the shell
    /// sends <see cref="Heartbeat"/> instead of a heartbeat.
    /// </summary>
    internal sealed record SendEntries(Envelope Envelope, LogPosition Last) : Effect
    {
        public LogIndex First => Request.Previous.Index.Next;

        private Message.AppendEntries Request => (Message.AppendEntries)Envelope.Body;

        /// <exception cref="ArgumentException">They are not the entries that left the memory.</exception>
        public Envelope With(LogSlice entries) => Request.Previous.After(entries) == Last
            ? Envelope with { Body = Request with { Entries = entries } }
            : throw new ArgumentException($"The entries {First} to {Last.Index} are not those that were written.", nameof(entries));

        /// <summary>
        /// A heartbeat that may overtake this message. It names the place before the entries, so the receiver accepts it without them.
        /// </summary>
        /// <param name="later">A heartbeat to the same process that waits for the entries.</param>
        public Envelope Heartbeat(Message.AppendEntries later) => Envelope with { Body = later with { Previous = Request.Previous } };
    }

    /// <summary>The process is quiescent under this leader, and needs no ticks until <see cref="Woken"/>. May come again.</summary>
    /// <param name="Watched">
    /// The leader, or on the leader itself those that have agreed. Until <see cref="Unwatched"/>, the shell reports a silent node of one as
    /// <see cref="Input.PeerUnreachable"/>, and the end of the leader's quiescence as <see cref="Input.Wake"/>.
    /// </param>
    internal sealed record Quiesced(Member Leader, Term Term, ImmutableArray<Member> Watched) : Effect;

    /// <summary>The process is no longer quiescent: begin its ticks.</summary>
    internal sealed record Woken : Effect
    {
        public static Woken Instance { get; } = new();
    }

    /// <summary>End the watch of this process, because it is awake, and hears a leader or follows none.</summary>
    internal sealed record Unwatched : Effect
    {
        public static Unwatched Instance { get; } = new();
    }

    /// <summary>An action of the store. The store carries writes out in the order given, each whole or not at all. Closed.</summary>
    public abstract record Write : Effect
    {
        private protected Write()
        {
        }

        /// <summary>The ticket that <see cref="Input.Persisted"/> returns when the write is durable; null if Core does not wait.</summary>
        public Ticket? Acknowledgement => this switch
        {
            Persist persist => persist.Ticket,
            StoreChunk chunk => chunk.Ticket,
            InstallSnapshot install => install.Ticket,
            _ => null,
        };
    }

    /// <summary>
    /// Make this durable, then answer with <see cref="Input.Persisted"/>. The entries replace all at and above the index of the first one.
    /// The tickets of this and of the next two kinds are one sequence.
    /// </summary>
    /// <param name="HardState">Null if it has not changed.</param>
    public sealed record Persist(Ticket Ticket, HardState? HardState, LogSlice Entries) : Write;

    /// <summary>
    /// Write a piece of the state of a snapshot that is being received, beside the current one. A piece at offset 0 begins a new snapshot
    /// and drops the pieces before. The description is complete from the first piece on.
    /// </summary>
    public sealed record StoreChunk(Ticket Ticket, Snapshot Snapshot, long Offset, ReadOnlyMemory<byte> Data) : Write;

    /// <summary>
    /// The received snapshot is whole: make it and the application's state the current ones, durably and in one step. Delete the entries
    /// up to its position, and those after it too unless <paramref name="KeepsLog"/>. Commits continue after its position.
    /// </summary>
    public sealed record InstallSnapshot(Ticket Ticket, Snapshot Snapshot, bool KeepsLog) : Write;

    /// <summary>
    /// Discard the entries up to <paramref name="Log"/>, and the snapshots before <paramref name="Snapshot"/>, the oldest that is still
    /// being sent. Keep the position of <paramref name="Log"/> as <see cref="InitialState.Base"/>. The shell may do it at any later time,
    /// or never. But it must delete a log that ends before the position whole, before more is written to it.
    /// </summary>
    public sealed record Discard(LogPosition Log, LogIndex Snapshot) : Write;

    /// <summary>
    /// These entries are committed. Each is delivered once in the life of a core, in index order, including preloaded ones, and after the
    /// quorum was announced. A majority has them on disk. This process may still be writing them.
    /// </summary>
    internal sealed record Commit(LogSlice Entries) : Effect;

    /// <summary>The leader's log has these pairs, under their serials and requests. They are not committed yet.</summary>
    internal sealed record Accepted(LogSlice Entries) : Effect;

    /// <summary>
    /// The leader's log already has the pair of this request, or another one with the same request key, at this index. It is committed when
    /// <see cref="Commit"/> has delivered that index, which may have been long ago.
    /// </summary>
    internal sealed record Repeated(RequestId Request, LogIndex Index, Serial Serial) : Effect;

    /// <summary>
    /// The pair of this request was not appended, because the log has other pairs after the serial that it names. Once this index is
    /// committed, no leader can append it, in an earlier attempt either.
    /// </summary>
    internal sealed record Overtaken(RequestId Request, LogIndex Index) : Effect;

    /// <summary>These pairs of a proposal were not appended.</summary>
    /// <param name="Reason">Null: the leadership is being transferred. Ask again soon.</param>
    internal sealed record Rejected(ImmutableArray<Payload.Pair> Pairs, FailureReason? Reason) : Effect;

    /// <summary>A state that has applied everything up to this index may answer the read.</summary>
    internal sealed record ReadReady(ReadId Id, LogIndex Index) : Effect;

    /// <summary>No leader confirmed the read. The caller may ask again.</summary>
    internal sealed record ReadFailed(ReadId Id) : Effect;

    /// <summary>
    /// A requested transfer has ended. A transfer that another request replaced ends as timed out, although its target may still become
    /// the leader.
    /// </summary>
    /// <param name="Reason">
    /// Null: the target leads. Unavailable: it did not take over in time, and this process still leads. Invalid: there is no such voter, or
    /// none that answers. NoLeader: this process does not lead, or another one than the target does.
    /// </param>
    internal sealed record TransferEnded(ProcessName? Target, FailureReason? Reason) : Effect;

    /// <summary>
    /// The leader's log has the change, at this index. The change is done when a configuration that is not joint is committed at that index
    /// or above.
    /// </summary>
    internal sealed record MembersAccepted(RequestId Request, LogIndex Index) : Effect;

    /// <summary>The change was not made. The detail is for people.</summary>
    /// <param name="Reason">
    /// NoLeader: this process does not lead. Busy: another change, or the leader's first entry, is not committed yet. Unavailable: a
    /// process that would vote is not heard, or may not vote yet. Outdated and Invalid are definite.
    /// </param>
    internal sealed record MembersRefused(RequestId Request, FailureReason Reason, string Detail) : Effect;

    /// <summary>The leader appended a configuration, for this reason. For people.</summary>
    internal sealed record MembersDecided(LogIndex Index, Configuration Configuration, string Reason) : Effect
    {
        /// <summary>The configuration only ends the joint one before it, as was decided with that one.</summary>
        public bool EndsJoint { get; init; }
    }

    /// <summary>A process of the group was met, for the first time or again.</summary>
    internal sealed record PeerMet(Member Peer, Serial Serial) : Effect;

    /// <summary>
    /// The quorum changed, or was lost (null) because no leader was heard for two election timeouts. For information only: no safety
    /// depends on it.
    /// </summary>
    internal sealed record QuorumChanged(QuorumView? Quorum) : Effect;

    /// <summary>A leader is known, became ready, or was lost (null). Announced on every process, after its quorum.</summary>
    internal sealed record LeaderChanged(LeaderView? Leader) : Effect;

    /// <summary>
    /// That process and this one do not belong together, or that one and a third (<see cref="RefusalReason.Disputed"/>). Show it to
    /// people, because the detail has the reason and the remedy. Given once for each incarnation of the other process.
    /// </summary>
    internal sealed record Refused(Member By, RefusalReason Reason, Serial Serial, string Detail) : Effect;

    /// <summary>
    /// A process was refused, because another one of its name runs. Show it to people. Given once for each such process, until the other
    /// one is lost.
    /// </summary>
    internal sealed record DuplicateRefused(Member Duplicate, Member Running) : Effect;

    /// <summary>This process is fenced: it neither votes, nor counts, nor campaigns until it restarts with an empty store.</summary>
    internal sealed record Fenced(Fence Fence, string Detail) : Effect;
}
