using System.Collections.Immutable;

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
    /// </summary>
    public sealed record Hello(ImmutableArray<LocalProcess> Processes, bool IsReply) : WireMessage;

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

    /// <summary>The leader's actor does not want it, and says why: it was written nowhere and never will be.</summary>
    public sealed record AppendDiscarded(RequestId Request, string Reason) : WireMessage;

    /// <summary>Asks for a pair. The receiver answers once it has committed up to <paramref name="AskerCommit"/>.</summary>
    public sealed record GetRequest(RequestId Request, Serial Serial, LogIndex AskerCommit) : WireMessage;

    /// <summary>The pair that was asked for; it is committed.</summary>
    public sealed record GetAnswer(RequestId Request, Serial Serial, string Key, ReadOnlyMemory<byte> Value) : WireMessage;

    /// <summary>The sender does not have it; ask another one.</summary>
    public sealed record GetRefused(RequestId Request) : WireMessage;
}

/// <summary>A process of the sender's node.</summary>
/// <param name="Number">As in its Pid.</param>
/// <param name="Engine">The path of its engine, with address.</param>
internal sealed record LocalProcess(string Group, ProcessName Name, long Number, string Engine);
