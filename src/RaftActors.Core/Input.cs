using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>An event for a core. Closed; each goes through <see cref="RaftCore.Step"/>.</summary>
internal abstract record Input
{
    private Input()
    {
    }

    /// <summary>
    /// One tick of the shell's clock has passed. Ticks may be late or left out, never early. A shell that catches up gives all passed
    /// ticks before another input, because a promise that was made before them would otherwise lose them. A process that was suspended
    /// gets one tick in place of all that it missed.
    /// </summary>
    public sealed record Tick : Input
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>
    /// The process did not run when a tick was due, since it was suspended or its machine was busy. The ticks of the pause follow.
    /// </summary>
    /// <param name="Ticks">The ticks by which it was late.</param>
    /// <param name="Counted">The ticks that follow: those of a short pause, and one for a long one.</param>
    public sealed record Paused(long Ticks, long Counted) : Input;

    /// <summary>
    /// Wakes a quiescent process, because the shell cannot tell any more whether the rest of its group is quiescent. Has no effect on an
    /// awake process.
    /// </summary>
    public sealed record Wake : Input
    {
        public static Wake Instance { get; } = new();
    }

    public sealed record Receive(Envelope Envelope) : Input;

    /// <summary>
    /// Append these pairs, in this order. The effects are <see cref="Effect.Accepted"/> for the appended ones, <see
    /// cref="Effect.Repeated"/> for each that the log already has, <see cref="Effect.Rejected"/> for the rest.
    /// </summary>
    /// <param name="AreRetries">The pairs may have been proposed before, here or to another process. A request that the group may have
    /// forgotten is then rejected as <see cref="FailureReason.Forgotten"/>.</param>
    public sealed record Propose(ImmutableArray<Payload.Pair> Pairs, bool AreRetries = false) : Input
    {
        /// <summary>
        /// For each pair a serial of the group from before the first attempt with its request key, or null if it is not known. Empty if
        /// none is known. A key that may have been committed above this serial and forgotten is rejected as <see
        /// cref="FailureReason.Forgotten"/>.
        /// </summary>
        public ImmutableArray<Serial?> Since { get; init; } = [];

        /// <summary>
        /// For each retry a serial of the group from before its first attempt, or 0. Empty for first attempts. A retry of an origin without
        /// a session is rejected as <see cref="FailureReason.Forgotten"/> if a later request of a forgotten origin was committed.
        /// </summary>
        public ImmutableArray<Serial> Started { get; init; } = [];

        /// <summary>
        /// For each pair the serial that the last pair of the log must have, or null for any. Empty if no pair has such a condition. The
        /// effect is <see cref="Effect.Overtaken"/> for a pair behind which the log has gone on. It is <see cref="Effect.Rejected"/> with
        /// <see cref="FailureReason.Outdated"/> if the log ends before that serial.
        /// </summary>
        public ImmutableArray<Serial?> IfSerial { get; init; } = [];

        /// <summary>
        /// The wall clock of this process, read once for all pairs. If it goes back, the log keeps its latest <see cref="LogEntry.Time"/>.
        /// </summary>
        public LogTime Now { get; init; }
    }

    /// <summary>
    /// Append an entry without a pair, so that a snapshot may replace one that covers all entries so far. Has no effect if this process
    /// does not lead, or is about to hand over.
    /// </summary>
    public sealed record Extend : Input
    {
        public static Extend Instance { get; } = new();
    }

    /// <summary>
    /// Forget origins that make no request any more. Those that the group does not remember need no entry. Has no effect if this process
    /// does not lead, is about to hand over, or has no room on its disk: the bounds of the sessions hold without it.
    /// </summary>
    /// <param name="Last">The last request of each, at most <see cref="Payload.Close.Max"/>.</param>
    public sealed record Close(ImmutableArray<RequestId> Last) : Input;

    /// <summary>The write of this ticket, and all before it, are durable.</summary>
    public sealed record Persisted(Ticket Ticket) : Input;

    /// <summary>A process of the roster is reachable. A hint: Core greets it.</summary>
    public sealed record PeerReachable(ProcessName Peer) : Input;

    /// <summary>The connection to a process closed, or its node left. A hint to campaign early, which does not end a promise.</summary>
    public sealed record PeerUnreachable(ProcessName Peer) : Input;

    /// <summary>
    /// Asks for the index that a state must have applied to answer a linearizable read (§8, thesis §6.4). Any process may be asked.
    /// The effect is <see cref="Effect.ReadReady"/> or <see cref="Effect.ReadFailed"/>.
    /// </summary>
    /// <param name="Id">The shell's number of the read.</param>
    /// <param name="MayUseLease">If false, a round of messages confirms the read even if the leader holds a lease, so no clock
    /// matters.</param>
    public sealed record Read(ReadId Id, bool MayUseLease = true) : Input;

    /// <summary>
    /// Transfer the leadership to that voter, or to the most suitable one if null (thesis §3.10). The effect is <see
    /// cref="Effect.TransferEnded"/>; at once if this process does not lead.
    /// </summary>
    public sealed record Transfer(ProcessName? Target) : Input;

    /// <summary>
    /// Change the roster or the voters. The effect is <see cref="Effect.MembersAccepted"/> or <see cref="Effect.MembersRefused"/>.
    /// </summary>
    /// <param name="BasedOn">The index of the configuration that the caller has seen. If it is no longer the latest, nothing is
    /// changed.</param>
    public sealed record ChangeMembers(RequestId Request, LogIndex BasedOn, MemberChange Change) : Input;

    /// <summary>
    /// The disk of this process became nearly full, or has room again. Without room the log takes no pairs. But it takes the entries that
    /// elections and changes of members need.
    /// </summary>
    public sealed record DiskSpace(bool IsShort) : Input;

    /// <summary>
    /// The store was asked to read something while it read nothing, or its oldest read has ended. Without such an input the store makes no
    /// progress, so a read that takes too long counts as a stalled disk.
    /// </summary>
    /// <param name="IsReading">A read is outstanding.</param>
    public sealed record StoreReads(bool IsReading) : Input;

    /// <summary>
    /// The application of this process cannot apply the next entry, or can again. Meanwhile the process votes and acknowledges as before,
    /// but with the lowest priority: it leads only if no other voter that keeps up can.
    /// </summary>
    public sealed record Held(bool IsHeld) : Input;

    /// <summary>
    /// The application has applied all pairs up to this serial. After a restart it may be lower than before. Told at times, so it may be
    /// behind. Has no effect but on <see cref="Message.AppendEntriesReply.Applied"/> and the rise of the logic version.
    /// </summary>
    public sealed record Applied(Serial Serial) : Input;

    /// <summary>
    /// The shell asks the application for its state, or with null does not need the following any longer. Core keeps the entries after
    /// this index in memory, so that the snapshot can be described at this index or above (<see cref="RaftCore.DescribeSnapshot"/>). If
    /// the log in memory exceeds <see cref="CoreOptions.LogMemoryBytes"/> by more than 16 MiB, they leave it nevertheless.
    /// </summary>
    public sealed record SnapshotPlanned(LogIndex? From) : Input;

    /// <summary>
    /// A snapshot of the application's state is durable. It covers entries that <see cref="Effect.Commit"/> delivered.
    /// </summary>
    public sealed record SnapshotTaken(Snapshot Snapshot) : Input;
}

/// <summary>A change of the roster or the voters. Closed.</summary>
internal abstract record MemberChange
{
    private MemberChange()
    {
    }

    /// <summary>
    /// Adds a process, first as a learner. K follows from the new number of processes, and stable learners are promoted as K demands.
    /// </summary>
    /// <param name="Votes">False: it never votes, and does not count for K. It stays so until it leaves.</param>
    public sealed record Join(ProcessName Name, bool Votes = true) : MemberChange;

    /// <summary>Removes a process for good. K follows from the new number of processes.</summary>
    /// <param name="Incarnation">The only incarnation to remove, if the roster has two of the name, which stays. Null removes all of
    /// them.</param>
    public sealed record Leave(ProcessName Name, Incarnation? Incarnation = null) : MemberChange;

    /// <summary>
    /// Records a new maximum of K: odd, 3 to 11. With a higher one, stable learners are promoted. With a lower one, the best voters stay,
    /// the leader among them; the others become learners. The recorded maximum may be set again.
    /// </summary>
    public sealed record SetMaxQuorum(int Max) : MemberChange;

    /// <summary>
    /// Raises the version of the group. Each member must run, must have announced a program with that version, and for a higher logic
    /// version its application must have applied the log. There is no way back: a member whose program lacks the version can take no part
    /// any more.
    /// </summary>
    /// <param name="Format">The new level, or null to keep it.</param>
    /// <param name="Logic">The new version, or null to keep it.</param>
    public sealed record Raise(byte? Format = null, int? Logic = null) : MemberChange;

    /// <summary>
    /// Makes exactly these members voters and learners. K is the number of the voters. Each member must be in the roster, and the roster
    /// keeps all its names.
    /// </summary>
    public sealed record Assign(ImmutableArray<Member> Voters, ImmutableArray<Member> Learners) : MemberChange;
}
