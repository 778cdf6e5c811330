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
    /// A life of the actor begins; it wants all committed pairs after <paramref name="LastSerial"/>. Its sender is the actor.
    /// </summary>
    public sealed record Attach(RaftProcess Process, long Life, Serial LastSerial) : ToEngine;

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

    /// <summary>The answer to <see cref="ToActor.Judge"/>.</summary>
    public sealed record Judged(RequestId Request, Verdict Verdict) : ToEngine;

    /// <summary>The answer to <see cref="ToActor.Serve"/>; null: the actor does not have it.</summary>
    public sealed record Served(RequestId Request, StoredPair? Pair) : ToEngine;
}
