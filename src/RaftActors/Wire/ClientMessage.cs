using System.Collections.Immutable;
using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Wire;

/// <summary>
/// A call of a client to a process, or to the registry of a node. The client need not belong to the group. <see cref="CallTable"/> has the
/// number, the role and the bytes of each. Closed.
/// </summary>
internal abstract record ClientCall
{
    private ClientCall()
    {
    }

    /// <summary>Returns the call with the time that is left for it, if it has a timeout.</summary>
    public virtual ClientCall Within(TimeSpan left) => this;

    /// <summary>Returns the reply that this call has failed.</summary>
    /// <param name="request">That of an Append, if the reply does not go over a connection, whose reader knows it.</param>
    public object FailedWith(RaftFailure failure, RequestRef request = default) =>
        this is Append ? failure.ToOutcome<object?>(request) : new ClientReply.Failed(failure);

    /// <summary>
    /// Asks for the processes of a group. A registry passes it to an engine of the group, if it has one. The answer is <see
    /// cref="ClientReply.Located"/>.
    /// </summary>
    public sealed record Locate(string Group) : ClientCall;

    /// <summary>
    /// Asks a process whether it leads. The answer is <see cref="ClientReply.Leading"/>, or <see cref="ClientReply.Located"/> if it does
    /// not.
    /// </summary>
    public sealed record Ping : ClientCall;

    /// <summary>
    /// Asks the leader to append a pair. The answer is the outcome, once the pair was delivered to its actor, or <see
    /// cref="ClientReply.NotLeading"/>. Another process passes the call on, if it can.
    /// </summary>
    /// <param name="Session">The client's session. No message names an origin, so a client cannot take another one's.</param>
    /// <param name="Number">The client's number of the Append. All its attempts have the same.</param>
    /// <param name="Timeout">For how long the client waits.</param>
    /// <param name="IsRetry">The client has sent the request before, here or elsewhere.</param>
    /// <param name="RequestKey">Null if the caller does not repeat the call.</param>
    /// <param name="Parent">The client's span, or null if the trace is not sampled.</param>
    public sealed record Append(
        ClientSession Session,
        long Number,
        string Key,
        ReadOnlyMemory<byte> Value,
        TimeSpan Timeout,
        bool IsRetry,
        HashedKey? RequestKey = null,
        ActivityContext? Parent = null)
        : ClientCall, IAppendRequest
    {
        // Boxed, because few traces are sampled and a context takes 40 bytes.
        private readonly object? _parent = Parent;

        public ActivityContext? Parent { get => (ActivityContext?)_parent; init => _parent = value; }

        public RequestId Request => new(Session.Origin, Number);

        public Serial Started { get; init; }

        public Serial? IfSerial { get; init; }

        public int Count { get; init; } = 1;
    }

    /// <summary>
    /// Tells the leader that a client makes no Append any more, so that the group forgets it at once. Another process passes the call on,
    /// if it can. It may be lost, and has no answer: the group forgets the clients that are silent longest in any case.
    /// </summary>
    /// <param name="Number">The number of its last Append.</param>
    public sealed record Close(ClientSession Session, long Number) : ClientCall
    {
        public RequestId Last => new(Session.Origin, Number);
    }

    /// <summary>Asks the actor of a process, as its own Query does. The answer is an outcome of object.</summary>
    /// <param name="Question">Encoded like a result. Empty asks for the last committed serial, which every actor answers.</param>
    /// <param name="Parent">The client's span, or null if the trace is not sampled.</param>
    public sealed record Query(
        ReadOnlyMemory<byte> Question, TimeSpan Timeout, ReadConsistency Consistency, ActivityContext? Parent = null)
        : ClientCall
    {
        public override ClientCall Within(TimeSpan left) => left == Timeout ? this : this with { Timeout = left };
    }

    /// <summary>Asks a process for committed pairs. The answer is <see cref="ClientReply.Pairs"/>.</summary>
    /// <param name="After">The serial before the first pair.</param>
    /// <param name="Max">The most pairs, at least 1.</param>
    /// <param name="Wait">How long the process may wait for the first pair.</param>
    public sealed record Read(Serial After, int Max, TimeSpan Wait) : ClientCall;

    /// <summary>Asks for a change of the group, as an actor does. The answer is the outcome.</summary>
    public sealed record Change(GroupChange What, TimeSpan Timeout) : ClientCall
    {
        public override ClientCall Within(TimeSpan left) => this with { Timeout = left };
    }

    /// <summary>
    /// Asks a process for a durable snapshot that covers all that it knows to be committed. The answer is
    /// <see cref="ClientReply.SnapshotTaken"/> or <see cref="ClientReply.Failed"/>. A repeat of a call that waits is declined with the
    /// progress, and the call waits on.
    /// </summary>
    public sealed record TakeSnapshot(TimeSpan Timeout) : ClientCall
    {
        public override ClientCall Within(TimeSpan left) => this with { Timeout = left };
    }

    /// <summary>Asks a process to describe its view of the group. The answer is an outcome of text.</summary>
    public sealed record Explain : ClientCall;

    /// <summary>
    /// Asks a process for the version, settings and time of its node. The answer is <see cref="ClientReply.Description"/>.
    /// </summary>
    public sealed record Describe : ClientCall;

    /// <summary>Asks a process for its latest events. The answer is <see cref="ClientReply.Events"/>.</summary>
    public sealed record Events : ClientCall;

    /// <summary>Asks a process for its <see cref="RaftStatus"/>.</summary>
    public sealed record Status : ClientCall;

    /// <summary>
    /// Asks a registry for the processes of its node, without asking them. The answer is <see cref="ClientReply.ProcessList"/>.
    /// </summary>
    /// <param name="After">The last process of the answer before, or null to begin.</param>
    public sealed record ListProcesses(ProcessPlace? After) : ClientCall;

    /// <summary>
    /// Asks for the next part of a backup. The answer is <see cref="ClientReply.BackupPart"/>. A backup has the request keys of all clients
    /// too, so only operators may ask.
    /// </summary>
    /// <param name="Has">The client has everything up to here. With the zero position the latest snapshot comes first.</param>
    /// <param name="Snapshot">The position of the snapshot that the client has a part of, or zero.</param>
    /// <param name="Place">The next place in the transfer of that snapshot (<see cref="Message.SnapshotChunk"/>).</param>
    /// <param name="Least">The process declines while the committed entries in its store end before this one.</param>
    public sealed record Backup(LogPosition Has, LogPosition Snapshot, long Place, LogIndex Least) : ClientCall;
}

/// <summary>An answer to a client that is no outcome. Closed.</summary>
internal abstract record ClientReply
{
    private ClientReply()
    {
    }

    /// <summary>The processes of a group.</summary>
    /// <param name="By">The process that answers, or null for a registry.</param>
    /// <param name="Leader">The leader that the answering process knows, or null.</param>
    /// <param name="Processes">Empty if the asked node knows no process of the group.</param>
    /// <param name="Uid">The identity of the group, because a restored group has the name of the one that was backed up.</param>
    public sealed record Located(
        string Group,
        ProcessName? By,
        ProcessName? Leader,
        Term Term,
        ImmutableArray<ProcessAddress> Processes,
        GroupUid Uid = default)
        : ClientReply
    {
        public const int OtherGroupsMax = 32;

        /// <summary>The last committed serial that the process knows, or 0 for a registry.</summary>
        public Serial Committed { get; init; }

        /// <summary>Members that take no calls, on the nodes where they were last. These nodes may tell the status.</summary>
        public ImmutableArray<ProcessAddress> Idle { get; init; } = [];

        /// <summary>Nodes that may know the group. Only for a client of the same node, which has the role of that node there.</summary>
        public ImmutableArray<Address> Others { get; init; } = [];

        /// <summary>If no process of the group is known: the names of some groups that are, at most <see cref="OtherGroupsMax"/>.</summary>
        public ImmutableArray<string> OtherGroups { get; init; } = [];
    }

    /// <summary>The process leads.</summary>
    /// <param name="Uid">The identity of the group.</param>
    /// <param name="Committed">The last committed serial that the process knows.</param>
    public sealed record Leading(GroupUid Uid, Serial Committed) : ClientReply;

    /// <summary>The connection has ended before the reply. Comes from the client's own node.</summary>
    /// <param name="WasSent">The call may have reached the other node.</param>
    public sealed record Lost(Address Node, bool WasSent) : ClientReply;

    /// <summary>Processes of one node, by group and name. Their actors take no messages.</summary>
    /// <param name="Others">Other nodes that this one knows. Only in the first answer.</param>
    /// <param name="HasMore">There are more after the last one.</param>
    public sealed record ProcessList(
        Address Node, ImmutableArray<Address> Others, ImmutableArray<RaftStatus> Rows, bool HasMore)
        : ClientReply;

    /// <summary>Committed pairs after the requested serial, in order and without holes.</summary>
    /// <param name="Found">Empty if none is committed on this process, or it has discarded the first one.</param>
    /// <param name="Base">The process has discarded the pairs up to this serial.</param>
    public sealed record Pairs(ImmutableArray<StoredPair> Found, Serial Base) : ClientReply;

    /// <summary>The next part of a backup, as a lagging member gets it.</summary>
    /// <param name="End">The last committed entry in the store.</param>
    /// <param name="Snapshot">A piece of the latest snapshot in place of compacted entries, or null if it is not needed.</param>
    /// <param name="Entries">The next committed entries.</param>
    public sealed record BackupPart(GroupUid Uid, LogIndex End, Message.SnapshotChunk? Snapshot, LogSlice Entries) : ClientReply;

    /// <summary>The process cannot answer now, but another one may.</summary>
    public sealed record Declined(string Why) : ClientReply;

    /// <summary>What should be equal on all nodes of a group.</summary>
    /// <param name="Clock">The time of day of the node.</param>
    /// <param name="Version">The versions of RaftActors and Akka.NET.</param>
    /// <param name="Settings">The settings of <see cref="Settings.SettingTable.Shared"/>, and the build of the program.</param>
    public sealed record Description(
        DateTimeOffset Clock, string Version, ImmutableArray<(string Key, string Value)> Settings)
        : ClientReply;

    /// <summary>The latest events of the process, in their order, with the time of day of its node.</summary>
    public sealed record Events(ImmutableArray<(DateTimeOffset At, string Text)> Latest) : ClientReply;

    /// <summary>The latest snapshot is durable and covers the call.</summary>
    /// <param name="Length">Bytes of the state in it.</param>
    public sealed record SnapshotTaken(LogPosition Position, long Length) : ClientReply;

    /// <summary>The process does not lead, so the Append goes to the leader.</summary>
    /// <param name="Leader">The leader that the process knows, or null.</param>
    /// <param name="MayBeWritten">The process led when it took the Append, so its log may have the pair. False if it wrote nothing.</param>
    public sealed record NotLeading(ProcessName? Leader, Term Term, bool MayBeWritten) : ClientReply;

    /// <summary>The call has failed, and a repeat would fail too.</summary>
    public sealed record Failed(RaftFailure Failure) : ClientReply;
}

internal sealed record ProcessAddress(ProcessName Name, Address Node);

/// <summary>The receiver of a call: a process, or with a null process and an empty group the registry of the node.</summary>
internal readonly record struct CallTarget(string Group, ProcessName? Process)
{
    public static CallTarget Registry { get; } = new("", null);
}
