using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>A message of a raft actor to its engine, on the same node. Closed.</summary>
internal abstract record ToEngine
{
    private ToEngine()
    {
    }

    /// <summary>
    /// A life of the actor begins. It needs all committed pairs after <paramref name="LastSerial"/>. If it <paramref
    /// name="TakesSnapshots"/>, a snapshot may replace the first of them. If it <paramref name="ValidatesProposals"/>, it sees proposals.
    /// The sender is the actor.
    /// </summary>
    public sealed record Attach(RaftProcess Process, long Life, Serial LastSerial, bool TakesSnapshots, bool ValidatesProposals) : ToEngine;

    /// <summary>The <see cref="EngineLink"/> has messages. All messages except Attach come through it.</summary>
    public sealed record ReadInbox : ToEngine
    {
        public static ReadInbox Instance { get; } = new();
    }

    /// <summary>Asks for an Append.</summary>
    /// <param name="Span">Ends with the Append; null: its trace is not sampled.</param>
    public sealed record Append(RequestRef Request, string Key, ReadOnlyMemory<byte> Value, TimeSpan Timeout, Activity? Span = null)
        : ToEngine
    {
        /// <summary>Null: the caller does not repeat the call.</summary>
        public HashedKey? RequestKey { get; init; }

        /// <summary>The actor makes it for a reminder, so no callback tells its end.</summary>
        public bool IsOfReminder { get; init; }

        /// <summary>Why the pair must not be appended; null: it may be.</summary>
        public RaftFailure? Refusal { get; init; }
    }

    /// <summary>Asks for the pair of a serial.</summary>
    public sealed record Get(RequestRef Request, Serial Serial, TimeSpan Timeout) : ToEngine;

    /// <summary>Asks when the actor may answer a query.</summary>
    public sealed record Query(RequestRef Request, TimeSpan Timeout, ReadConsistency Consistency) : ToEngine;

    /// <summary>Asks for a snapshot now.</summary>
    public sealed record WantSnapshot : ToEngine;

    /// <summary>The actor begins to make its state after the pairs up to this serial. <see cref="State"/> follows.</summary>
    public sealed record StateBegun(Serial Serial) : ToEngine;

    /// <summary>The answer to <see cref="ToActor.TakeSnapshot"/>: the state after the pairs up to this serial.</summary>
    /// <param name="Failure">Why the actor failed to give it; null: it did not.</param>
    public sealed record State(Serial Serial, TakenState Taken, string? Failure = null) : ToEngine;

    /// <summary>What the actor has made of the pairs of a range.</summary>
    public sealed record Digest(StateDigest Value) : ToEngine;

    /// <summary>The actor was held, and has passed the place.</summary>
    public sealed record HoldEnded : ToEngine;

    /// <summary>No life of the actor can go on: the latest snapshot cannot be read, or the program is too old for the group.</summary>
    public sealed record Unable(string Detail) : ToEngine;

    /// <summary>The answer to <see cref="ToActor.Validate"/>.</summary>
    /// <param name="Fault">Why the actor discards the pair; null: it accepts the pair.</param>
    public sealed record Validated(RequestId Request, string? Fault) : ToEngine;

    /// <summary>The answer to <see cref="ToActor.Serve"/>; null: the actor does not have the pair.</summary>
    public sealed record Served(RequestId Request, StoredPair? Pair) : ToEngine;
}
