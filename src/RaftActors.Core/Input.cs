using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>Everything that can happen to a core. Closed; each goes through <see cref="RaftCore.Step"/>.</summary>
public abstract record Input
{
    private Input()
    {
    }

    /// <summary>
    /// One tick of the shell's clock went by. Ticks may come late and be left out (a process that slept is given one, not all), never
    /// early.
    /// </summary>
    public sealed record Tick : Input
    {
        /// <summary>The only one needed.</summary>
        public static Tick Instance { get; } = new();
    }

    /// <summary>A message came in.</summary>
    public sealed record Receive(Envelope Envelope) : Input;

    /// <summary>
    /// Append these pairs, in this order. Answered by <see cref="Effect.Accepted"/> for those that the log took, <see
    /// cref="Effect.Repeated"/> for each that it had taken before, <see cref="Effect.Rejected"/> for the rest.
    /// </summary>
    /// <param name="AreRetries">They may have been proposed before, here or to another process. What the group has forgotten of the origin
    /// matters then: it is rejected as <see cref="RejectionReason.Expired"/>.</param>
    public sealed record Propose(ImmutableArray<Payload.Pair> Pairs, bool AreRetries = false) : Input;

    /// <summary>The write of this ticket, and all before it, are durable.</summary>
    public sealed record Persisted(Ticket Ticket) : Input;

    /// <summary>A process of the roster can be reached (again). A hint: Core greets it.</summary>
    public sealed record PeerReachable(ProcessName Peer) : Input;

    /// <summary>The connection to a process closed, or its node left. A hint to campaign early; it lifts no promise.</summary>
    public sealed record PeerUnreachable(ProcessName Peer) : Input;

    /// <summary>
    /// Up to where must a state have been applied so that what is read from it is not older than this question (§8, thesis §6.4)? Answered
    /// by <see cref="Effect.ReadReady"/> or <see cref="Effect.ReadFailed"/>. May be asked of any process.
    /// </summary>
    public sealed record Read(ReadId Id) : Input;

    /// <summary>
    /// Let that voter lead, or the most suitable one (null) (thesis §3.10). Answered by <see cref="Effect.TransferEnded"/>; a process that
    /// does not lead ends it at once.
    /// </summary>
    public sealed record Transfer(ProcessName? Target) : Input;

    /// <summary>
    /// Change who is in the group. Answered by <see cref="Effect.MembersAccepted"/> or <see cref="Effect.MembersRefused"/>.
    /// </summary>
    /// <param name="BasedOn">The index of the configuration that the caller had seen: if it is no longer the latest, nothing is
    /// changed.</param>
    public sealed record ChangeMembers(RequestId Request, LogIndex BasedOn, MemberChange Change) : Input;

    /// <summary>
    /// The disk of this process has become nearly full, or has room again. Until there is room its log takes no pairs; what elections and
    /// changes of the group need it writes.
    /// </summary>
    public sealed record DiskSpace(bool IsShort) : Input;

    /// <summary>
    /// A snapshot of the application's state is durable. The position is one that was given out by <see cref="Effect.Commit"/>.
    /// </summary>
    public sealed record SnapshotTaken(Snapshot Snapshot) : Input;
}

/// <summary>A change of who is in the group. Closed.</summary>
public abstract record MemberChange
{
    private MemberChange()
    {
    }

    /// <summary>
    /// A process of this name is to be taken in. It follows at first; K is worked out anew from the new number of processes, and who is
    /// caught up and stable is made a voter as K asks for it.
    /// </summary>
    public sealed record Join(ProcessName Name) : MemberChange;

    /// <summary>The process of this name leaves the group for good; K is worked out anew.</summary>
    public sealed record Leave(ProcessName Name) : MemberChange;

    /// <summary>
    /// Exactly these vote, exactly these follow; K is the number of the voters. Every member must be in the roster, and nobody may drop out
    /// of it.
    /// </summary>
    public sealed record Assign(ImmutableArray<Member> Voters, ImmutableArray<Member> Learners) : MemberChange;
}
