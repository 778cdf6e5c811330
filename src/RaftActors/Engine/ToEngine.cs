using System.Diagnostics;

using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Sessions;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>A message to an engine from its raft actor, or from itself. Closed.</summary>
internal abstract record ToEngine
{
    private ToEngine()
    {
    }

    /// <summary>
    /// A life of the actor begins, and needs all committed pairs after <paramref name="LastSerial"/>. The sender is the actor.
    /// </summary>
    public sealed record Attach(RaftProcess Process, long Life, Serial LastSerial, bool TakesSnapshots, bool ValidatesProposals) : ToEngine;

    /// <summary>The <see cref="EngineLink"/> has messages. All messages except <see cref="Attach"/> come through it.</summary>
    public sealed record ReadInbox : ToEngine
    {
        public static ReadInbox Instance { get; } = new();
    }

    /// <param name="Span">Ends with the Append. Null if its trace is not sampled.</param>
    public sealed record Append(RequestRef Request, EncodedPairs Pairs, TimeSpan Timeout, Activity? Span = null) : ToEngine
    {
        public HashedKey? RequestKey { get; init; }

        public Serial? IfSerial { get; init; }

        /// <summary>True for the Append of a reminder, which has no callback at its end.</summary>
        public bool IsOfReminder { get; init; }

        /// <summary>Why the pair must not be appended, if it must not.</summary>
        public RaftFailure? Refusal { get; init; }
    }

    public sealed record Get(RequestRef Request, Serial Serial, TimeSpan Timeout) : ToEngine;

    /// <summary>Asks for a <see cref="ToActor.Readable"/>, after which the actor may answer a query.</summary>
    public sealed record Query(RequestRef Request, TimeSpan Timeout, ReadConsistency Consistency) : ToEngine;

    public sealed record WantSnapshot : ToEngine;

    /// <summary>The actor begins to take its state after the pairs up to this serial. <see cref="State"/> follows.</summary>
    public sealed record StateBegun(Serial Serial) : ToEngine;

    /// <summary>Answers <see cref="ToActor.TakeSnapshot"/> with the state after the pairs up to this serial.</summary>
    /// <param name="Writer">Null if the actor did not give its state.</param>
    /// <param name="IsBlock">The writer has the whole state in memory, so it does not need the actor.</param>
    /// <param name="Failure">Why the actor did not give its state.</param>
    public sealed record State(Serial Serial, StateWriter? Writer, bool IsBlock, string? Failure = null) : ToEngine;

    /// <summary>The digest of the results and the state after a range of pairs.</summary>
    public sealed record Digest(StateDigest Value) : ToEngine;

    /// <summary>The group was asked to take this process in.</summary>
    /// <param name="Failure">Null: the process has a place.</param>
    public sealed record JoinAsked(RaftFailure? Failure) : ToEngine;

    /// <summary>The actor has passed the pair at which it was held.</summary>
    public sealed record HoldEnded : ToEngine;

    /// <summary>No life of the actor can go on, because the snapshot cannot be read, or the program is too old for the group.</summary>
    public sealed record Unable(string Detail) : ToEngine;

    /// <summary>The answer to <see cref="ToActor.Validate"/>.</summary>
    /// <param name="Fault">Why the actor discards the pair, or null if it accepts it.</param>
    public sealed record Validated(RequestId Request, string? Fault) : ToEngine;

    /// <summary>The answer to <see cref="ToActor.Serve"/>, with null if the actor does not have the pair.</summary>
    public sealed record Served(RequestId Request, StoredPair? Pair) : ToEngine;

    /// <summary>From itself: time has passed. See <see cref="TickTimer"/>.</summary>
    /// <param name="IsLate">
    /// The one tick after a pause of the program. Messages that arrived before the pause was noticed come first.
    /// </param>
    public sealed record Tick(bool IsLate) : ToEngine, IDeadLetterSuppression
    {
        public static Tick OnTime { get; } = new(IsLate: false);

        public static Tick Late { get; } = new(IsLate: true);
    }

    /// <summary>From itself: the <see cref="CallInbox"/> has calls.</summary>
    public sealed record CallTurn : ToEngine, IDeadLetterSuppression
    {
        public static CallTurn Instance { get; } = new();
    }

    /// <summary>From itself: another process has a snapshot of its state up to this serial.</summary>
    /// <param name="Copy">Copies the state. Null if the process could not be asked.</param>
    /// <param name="Problem">Why it could not be asked, as a sentence.</param>
    public sealed record StateOffered(Serial Serial, StateWriter? Copy, string? Problem = null) : ToEngine;

    /// <summary>From itself: the turn that <see cref="Requests.LeaderProposals"/> asked for.</summary>
    public sealed record ProposeTurn : ToEngine
    {
        public static ProposeTurn Instance { get; } = new();
    }
}
