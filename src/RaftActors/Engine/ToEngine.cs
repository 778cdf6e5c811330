using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>What a raft actor says to its engine, on the same node. Closed.</summary>
internal abstract record ToEngine
{
    private ToEngine()
    {
    }

    /// <summary>
    /// A life of the actor begins; it wants all committed pairs after <paramref name="LastSerial"/>, or a snapshot in the place of the
    /// first of them if it <paramref name="TakesSnapshots"/>. It wants to see proposals if it <paramref name="JudgesProposals"/>. Its
    /// sender is the actor.
    /// </summary>
    public sealed record Attach(RaftProcess Process, long Life, Serial LastSerial, bool TakesSnapshots, bool JudgesProposals) : ToEngine;

    /// <summary>Something is in the process's <see cref="EngineInbox"/>, through which everything but Attach comes.</summary>
    public sealed record ReadInbox : ToEngine
    {
        public static ReadInbox Instance { get; } = new();
    }

    /// <summary>Append this.</summary>
    public sealed record Append(RequestRef Request, string Key, ReadOnlyMemory<byte> Value, TimeSpan Timeout) : ToEngine;

    /// <summary>Fetch this.</summary>
    public sealed record Get(RequestRef Request, Serial Serial, TimeSpan Timeout) : ToEngine;

    /// <summary>Let the actor answer this one when what it has been handed is new enough.</summary>
    public sealed record Query(RequestRef Request, TimeSpan Timeout) : ToEngine;

    /// <summary>Have the leader do this. Whoever waits is told by the engine itself.</summary>
    public sealed record Change(RequestRef Request, GroupChange What, TimeSpan Timeout, IActorRef? ReplyTo) : ToEngine;

    /// <summary>Say how things stand.</summary>
    public sealed record Explain(RequestRef Request, IActorRef ReplyTo) : ToEngine;

    /// <summary>A snapshot is wanted, whether it is time for one or not.</summary>
    public sealed record WantSnapshot : ToEngine;

    /// <summary>
    /// The answer to <see cref="ToActor.TakeSnapshot"/>: the state of an actor that was handed everything up to this serial; null: it could
    /// not be had.
    /// </summary>
    public sealed record State(Serial Serial, ReadOnlyMemory<byte>? Bytes) : ToEngine;

    /// <summary>The latest snapshot cannot be read, so that the actor has nothing to begin with.</summary>
    public sealed record Unreadable(string Detail) : ToEngine;

    /// <summary>The answer to <see cref="ToActor.Judge"/>.</summary>
    public sealed record Judged(RequestId Request, Verdict Verdict) : ToEngine;

    /// <summary>The answer to <see cref="ToActor.Serve"/>; null: the actor does not have it.</summary>
    public sealed record Served(RequestId Request, StoredPair? Pair) : ToEngine;
}
