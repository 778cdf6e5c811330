using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>What an engine says to its raft actor, on the same node: each for one life of it. Closed.</summary>
internal abstract record ToActor(long Life)
{
    /// <summary>For what concerns every life alike: the end of an Append, whichever life made it.</summary>
    public const long AnyLife = 0;

    /// <summary>The opening of the process's store has ended, with a process or a failure. Sent to an actor that waits for it.</summary>
    public sealed record OpeningEnded() : ToActor(AnyLife);

    /// <summary>The engine took the actor on; everything else follows this.</summary>
    public sealed record Attached(long Life, IActorRef Engine) : ToActor(Life);

    /// <summary>The engine has stopped for good, and this is the last that comes of it. Said by whoever keeps the engines.</summary>
    public sealed record EngineStopped() : ToActor(AnyLife);

    /// <summary>
    /// The actor was resumed after a callback threw. If that was the callback of a pair that this process appended, the request is its ref.
    /// The actor sends this to itself.
    /// </summary>
    public sealed record Resumed(long Life, RequestRef? Own, Serial Serial) : ToActor(Life);

    /// <summary>A process became known.</summary>
    public sealed record PeerMet(long Life, Peer Peer) : ToActor(Life);

    /// <summary>The quorum changed, or was lost.</summary>
    public sealed record QuorumIs(long Life, Quorum? Quorum) : ToActor(Life);

    /// <summary>The leader changed, became ready, or was lost. Learners are told too: their delivery needs the serial.</summary>
    public sealed record LeaderIs(long Life, Leader? Leader) : ToActor(Life);

    /// <summary>The next committed pair. <paramref name="Request"/> is the ref of who appended it, on the process that did.</summary>
    public sealed record Committed(long Life, StoredPair Pair, RequestRef? Request) : ToActor(Life);

    /// <summary>
    /// The next committed pairs. Few enough that the actor's other messages do not wait long, and enough that a message costs little.
    /// </summary>
    public sealed record CommittedPairs(long Life, ImmutableArray<StoredPair> Pairs) : ToActor(Life)
    {
        public const int CountMax = 64;
    }

    /// <summary>The latest snapshot, which goes up to this serial or further, stands for all pairs that were not told.</summary>
    public sealed record Restore(long Life, Serial Serial) : ToActor(Life);

    /// <summary>Give the state as it is.</summary>
    public sealed record TakeSnapshot(long Life) : ToActor(Life);

    /// <summary>A Get was answered.</summary>
    public sealed record Answered(long Life, RequestRef Request, StoredPair Pair) : ToActor(Life);

    /// <summary>A query may be answered by a state that holds everything up to this serial.</summary>
    public sealed record Readable(long Life, RequestRef Request, Serial Serial) : ToActor(Life);

    /// <summary>An Append, a Get or a Query ended without success.</summary>
    public sealed record Cancelled(long Life, RequestRef Request, CancelReason Reason) : ToActor(Life);

    /// <summary>This process leads: may this be written?</summary>
    public sealed record Judge(long Life, RequestId Request, string Key, ReadOnlyMemory<byte> Value) : ToActor(Life);

    /// <summary>Another process asks for this committed pair.</summary>
    public sealed record Serve(long Life, RequestId Request, Serial Serial) : ToActor(Life);
}
