using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>Everything that can happen to a core. Closed; each goes through <see cref="RaftCore.Step"/>.</summary>
public abstract record Input
{
    private Input()
    {
    }

    /// <summary>One tick of the shell's clock went by.</summary>
    public sealed record Tick : Input
    {
        /// <summary>The only one needed.</summary>
        public static Tick Instance { get; } = new();
    }

    /// <summary>A message came in.</summary>
    public sealed record Receive(Envelope Envelope) : Input;

    /// <summary>
    /// Append these pairs, in this order. Answered per pair by <see cref="Effect.Accepted"/> or <see cref="Effect.Rejected"/>.
    /// </summary>
    public sealed record Propose(ImmutableArray<Payload.Pair> Pairs) : Input;

    /// <summary>The write of this ticket, and all before it, are durable.</summary>
    public sealed record Persisted(Ticket Ticket) : Input;

    /// <summary>A process of the roster can be reached (again). A hint: Core greets it.</summary>
    public sealed record PeerReachable(ProcessName Peer) : Input;

    /// <summary>The connection to a process closed, or its node left. A hint to campaign early; it lifts no promise.</summary>
    public sealed record PeerUnreachable(ProcessName Peer) : Input;
}
