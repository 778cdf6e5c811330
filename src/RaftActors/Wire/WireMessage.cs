using System.Collections.Immutable;
using System.Diagnostics;

using Akka.Event;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>
/// A message between nodes. It may be lost, and arrives at most once. The replies to the two requests are <see cref="AppendReply"/>
/// and <see cref="GetReply"/>. Closed.
/// </summary>
internal abstract record WireMessage
{
    private protected WireMessage()
    {
    }

    /// <summary>
    /// Between registries: the processes of the sender's node. A connection begins with the list of all of them, in parts, because a long
    /// message would hold up the heartbeats behind it. Each later message is a change of that list.
    /// </summary>
    /// <param name="Running">Processes that run, or whose actor is another one now.</param>
    /// <param name="Stopped">Processes that run no more, each as the list has it. Empty in the list itself.</param>
    /// <param name="IsComplete">False if another part of the list follows.</param>
    public sealed record Presence(ImmutableArray<LocalProcess> Running, ImmutableArray<LocalProcess> Stopped, bool IsComplete)
        : WireMessage;

    /// <summary>
    /// Between registries, at the pace of heartbeats, while processes of both nodes are quiescent in one group. It replaces the heartbeats
    /// of all these groups.
    /// </summary>
    /// <param name="Led">
    /// The groups that the sender's node leads and that are quiescent on the receiver's. For each of <see cref="Parts"/> parts, the
    /// exclusive or of their digests.
    /// </param>
    public sealed record NodeBeat(ImmutableArray<ulong> Led) : WireMessage, IDeadLetterSuppression
    {
        /// <summary>The number of parts of the groups. A difference concerns the groups of one part only.</summary>
        public const int Parts = 32;

        /// <summary>
        /// The parts, a bit for each, whose groups the receiver should list, because its sum was different for some beats.
        /// </summary>
        public uint Asked { get; init; }

        /// <summary>The parts, a bit for each, that the receiver asked for and that this beat lists.</summary>
        public uint ListedOf { get; init; }

        /// <summary>The digests of the groups in these parts, in any order.</summary>
        public ImmutableArray<ulong> Listed { get; init; } = [];
    }

    /// <summary>
    /// Between engines: the node of <paramref name="Process"/> is about to stop, so the receiver sends it no more requests. The receiver
    /// answers with another Leaving, whose <paramref name="IsReply"/> is true, after all its earlier requests.
    /// </summary>
    public sealed record Leaving(ProcessName Process, bool IsReply) : WireMessage;

    /// <summary>Between engines: what the sender's actor has made of some pairs. See <see cref="StateDigest"/>.</summary>
    /// <param name="Boot">The start of the process.</param>
    /// <param name="Life">The life of the actor in it.</param>
    public sealed record Digest(ProcessName Process, Boot Boot, long Life, StateDigest Value) : WireMessage;

    /// <summary>
    /// An <see cref="AppendRequest"/> or a <see cref="CoreMessage"/>, with the traces of the Appends in it. Sent only if a trace is
    /// sampled.
    /// </summary>
    public sealed record Traced(ImmutableArray<TraceLink> Links, WireMessage Inner) : WireMessage;

    /// <summary>
    /// A call that the receiver should answer, of a client that the sender's node serves. Connections of clients carry such frames bare.
    /// </summary>
    public sealed record Call(ReadOnlyMemory<byte> Frame) : WireMessage;

    /// <summary>The reply to a <see cref="Call"/>.</summary>
    public sealed record Reply(ReadOnlyMemory<byte> Frame) : WireMessage;

    /// <summary>A message between two cores.</summary>
    public sealed record CoreMessage(Envelope Envelope) : WireMessage;

    /// <summary>
    /// Asks the leader to append a pair. The <see cref="AppendReply"/> goes to the Akka sender, which is the origin's engine.
    /// </summary>
    /// <param name="Request">A request of any origin: a process of the group, or a client.</param>
    /// <param name="IsRetry">The request may have reached a leader before.</param>
    /// <param name="RequestKey">Null if the caller does not repeat the call.</param>
    public sealed record AppendRequest(
        RequestId Request, string Key, ReadOnlyMemory<byte> Value, bool IsRetry = false, HashedKey? RequestKey = null)
        : WireMessage, IAppendRequest
    {
        public Serial Started { get; init; }

        public Serial? IfSerial { get; init; }

        public int Count { get; init; } = 1;

        public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(int.MaxValue);
    }

    /// <summary>Asks for a pair. The receiver answers once it has committed up to <paramref name="AskerCommit"/>.</summary>
    public sealed record GetRequest(RequestId Request, Serial Serial, LogIndex AskerCommit) : WireMessage;
}

/// <summary>What the leader is asked to append: by a process of the group, or by a client.</summary>
internal interface IAppendRequest
{
    RequestId Request { get; }
    string Key { get; }
    ReadOnlyMemory<byte> Value { get; }
    bool IsRetry { get; }

    /// <summary>Of a retry: a serial of the group from before the first attempt, or 0.</summary>
    Serial Started { get; }

    HashedKey? RequestKey { get; }

    /// <summary>The serial that the last pair of the log must have. Null: any.</summary>
    Serial? IfSerial { get; }

    /// <summary>How many pairs it is. Above 1, the value is a <see cref="PairBatch"/>, and the key is empty.</summary>
    int Count { get; }

    /// <summary>For how long its caller waits. The leader appends nothing for which nobody waits.</summary>
    TimeSpan Timeout { get; }
}

/// <summary>
/// The reply to a <see cref="WireMessage.AppendRequest"/>. If the leader writes the pair, it sends none, because the origin finds the
/// entry in its own log.
/// </summary>
/// <param name="Committed">The log had the request before, and its pair is committed under this serial. Null if not.</param>
/// <param name="Failure">
/// The leader did not append the pair, and the request is over. Unknown if the leader cannot tell whether it appended the pair before.
/// </param>
internal sealed record AppendReply(RequestId Request, Serial? Committed, RaftFailure? Failure) : WireMessage
{
    /// <summary>
    /// The sender does not lead, or has no actor to validate the pair. It wrote nothing, so the request may be sent again.
    /// </summary>
    public static AppendReply Refused(RequestId request) => new(request, null, null);

    public static AppendReply Cancelled(RequestId request, RaftFailure failure) => new(request, null, failure);
}

/// <summary>The reply to a <see cref="WireMessage.GetRequest"/>.</summary>
/// <param name="Pair">The pair, which is committed. Null if the sender does not have it. Another process may have it.</param>
/// <param name="IsCompacted">The sender has compacted the pair.</param>
internal sealed record GetReply(RequestId Request, StoredPair? Pair, bool IsCompacted = false) : WireMessage;

/// <summary>A change that a group may be asked for. Closed.</summary>
internal abstract record GroupChange
{
    private GroupChange()
    {
    }

    /// <summary>The target, or without one any other process, is to lead.</summary>
    public sealed record Transfer(ProcessName? Target) : GroupChange
    {
        /// <inheritdoc/>
        public override string ToString() => Target is { } target ? $"the transfer to {target}" : "the transfer";
    }

    /// <summary>The members or the version of the group change.</summary>
    /// <param name="BasedOn">The index that the latest configuration must have, or null for any.</param>
    public sealed record Members(MemberChange What, LogIndex? BasedOn = null) : GroupChange
    {
        /// <inheritdoc/>
        public override string ToString() => What switch
        {
            MemberChange.Join join => $"the joining of {join.Name}{(join.Votes ? "" : ", which never votes")}",
            MemberChange.Leave leave => $"the leaving of {leave.Name}{(leave.Incarnation is { } one ? $"#{one}" : "")}",
            MemberChange.SetMaxQuorum set => $"the quorum of at most {set.Max}",
            MemberChange.Raise { Format: { } level } => $"the rise to format level {level}",
            MemberChange.Raise raise => $"the rise to logic version {raise.Logic}",
            _ => $"{What}",
        };
    }
}

/// <summary>The trace of an Append, as W3C Trace Context defines it.</summary>
/// <param name="Parent">The sender's span.</param>
internal readonly record struct TraceLink(RequestId Request, ActivityContext Parent);

/// <summary>A process of the sender's node.</summary>
/// <param name="Engine">The path of its engine, with address.</param>
internal sealed record LocalProcess(string Group, ProcessName Name, string Engine)
{
    /// <summary>The path of its raft actor, with address. Empty if it has none now.</summary>
    public string Actor { get; init; } = "";

    public RaftProgram Program { get; init; } = RaftProgram.Unknown;

    /// <summary>The characters of its texts.</summary>
    public int Length => Group.Length + Name.Value.Length + Engine.Length + Actor.Length;

    /// <summary>Tells whether both are one start of the process, whatever its actor is.</summary>
    public bool HasEngineOf(LocalProcess other) => Group == other.Group && Name == other.Name && Engine == other.Engine;
}
