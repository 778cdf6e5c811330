using System.Collections.Immutable;

using Akka.Event;

using RaftActors.Core;

namespace RaftActors.Wire;

/// <summary>Everything that travels between nodes. Each may be lost; none is doubled by the transport. Closed.</summary>
internal abstract record WireMessage
{
    private WireMessage()
    {
    }

    /// <summary>
    /// Between the registries of two nodes: "these processes live here". It is answered by another one with <paramref name="IsReply"/>.
    /// A node that is not there yet is greeted again and again, which is no news for the log of dead letters.
    /// </summary>
    public sealed record Hello(ImmutableArray<LocalProcess> Processes, bool IsReply) : WireMessage, IDeadLetterSuppression;

    /// <summary>
    /// Between engines: the node of <paramref name="Process"/> is about to stop, so nothing that it would have to pass on or answer is to
    /// be sent to it. Answered by another one with <paramref name="IsReply"/>: the answer comes after all that was sent before.
    /// </summary>
    public sealed record Leaving(ProcessName Process, bool IsReply) : WireMessage;

    /// <summary>What one engine has to say to another after one turn, in the order said. None of them is a batch.</summary>
    public sealed record Batch(ImmutableArray<WireMessage> Messages) : WireMessage;

    /// <summary>What one core says to another. <paramref name="FromNumber"/> is the sender's in its Pid.</summary>
    public sealed record CoreMessage(long FromNumber, Envelope Envelope) : WireMessage;

    /// <summary>
    /// On its way to the leader. While <paramref name="Hops"/> is not 0, one who does not lead passes it on, with one less. Answered to
    /// the Akka sender, who is the engine it came from.
    /// </summary>
    public sealed record AppendRequest(RequestId Request, string Key, ReadOnlyMemory<byte> Value, int Hops) : WireMessage;

    /// <summary>The leader's log has it at this place. It is not committed yet.</summary>
    public sealed record AppendTaken(RequestId Request, LogIndex Index, Term Term) : WireMessage;

    /// <summary>The sender does not lead, or has no actor that could judge; it was written nowhere and may be sent again.</summary>
    public sealed record AppendRefused(RequestId Request) : WireMessage;

    /// <summary>The leader's actor does not want it, or there is no room for it: it was written nowhere and never will be.</summary>
    public sealed record AppendDiscarded(RequestId Request, string Reason) : WireMessage;

    /// <summary>The leader's log had it before, and it is committed at this index.</summary>
    public sealed record AppendRepeated(RequestId Request, LogIndex Index) : WireMessage;

    /// <summary>The leader cannot tell whether it was appended before; it did not append it now.</summary>
    public sealed record AppendForgotten(RequestId Request) : WireMessage;

    /// <summary>Asks for a pair. The receiver answers once it has committed up to <paramref name="AskerCommit"/>.</summary>
    public sealed record GetRequest(RequestId Request, Serial Serial, LogIndex AskerCommit) : WireMessage;

    /// <summary>The pair that was asked for; it is committed.</summary>
    public sealed record GetAnswer(RequestId Request, Serial Serial, string Key, ReadOnlyMemory<byte> Value) : WireMessage;

    /// <summary>The sender does not have it; ask another one.</summary>
    public sealed record GetRefused(RequestId Request) : WireMessage;

    /// <summary>The sender had it, and keeps it no more: a snapshot stands for it. Ask another one.</summary>
    public sealed record GetCompacted(RequestId Request) : WireMessage;

    /// <summary>On its way to the leader, as an <see cref="AppendRequest"/> is.</summary>
    public sealed record ChangeRequest(RequestId Request, GroupChange Change, int Hops) : WireMessage;

    /// <summary>The leader's log has the change of members at this place. It is done when it is committed.</summary>
    public sealed record ChangeTaken(RequestId Request, LogIndex Index, Term Term) : WireMessage;

    /// <summary>It is done.</summary>
    public sealed record ChangeDone(RequestId Request) : WireMessage;

    /// <summary>Nothing was changed, since the sender does not lead or it is not the time; it may be asked for again.</summary>
    public sealed record ChangeRefused(RequestId Request, string Detail) : WireMessage;

    /// <summary>Nothing was changed, and nothing will be.</summary>
    public sealed record ChangeDenied(RequestId Request, string Detail) : WireMessage;
}

/// <summary>What a group may be asked to change about itself. Closed.</summary>
internal abstract record GroupChange
{
    private GroupChange()
    {
    }

    /// <summary>That process is to lead; null: any other one.</summary>
    public sealed record Transfer(ProcessName? Target) : GroupChange
    {
        /// <inheritdoc/>
        public override string ToString() => Target is { } target ? $"the transfer to {target}" : "the transfer";
    }

    /// <summary>That process is to be taken in.</summary>
    public sealed record Join(ProcessName Name) : GroupChange
    {
        /// <inheritdoc/>
        public override string ToString() => $"the joining of {Name}";
    }

    /// <summary>That process leaves for good.</summary>
    public sealed record Leave(ProcessName Name) : GroupChange
    {
        /// <inheritdoc/>
        public override string ToString() => $"the leaving of {Name}";
    }
}

/// <summary>A process of the sender's node.</summary>
/// <param name="Number">As in its Pid.</param>
/// <param name="Engine">The path of its engine, with address.</param>
internal sealed record LocalProcess(string Group, ProcessName Name, long Number, string Engine);
