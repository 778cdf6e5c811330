using System.Collections.Immutable;
using System.Runtime.ExceptionServices;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Delivery;

/// <summary>
/// A message of an engine to its raft actor on the same node, or of the actor to itself. A mailbox outlasts a restart, so the message
/// names the life, the instance of the actor that it is meant for, and later ones ignore it. Closed.
/// </summary>
internal abstract record ToActor(long Life)
{
    /// <summary>The life in messages for every life: the end of an Append, and the end of the engine.</summary>
    public const long AnyLife = 0;

    /// <summary>The opening of the process's store has ended, with a process or a failure. Goes to an actor that waits for it.</summary>
    public sealed record OpeningEnded() : ToActor(AnyLife);

    /// <summary>The first message of a life, which the engine knows from now on.</summary>
    /// <param name="Own">The last serial in this process's own log. Gets up to it need no other process.</param>
    public sealed record Attached(long Life, IActorRef Engine, Serial Own) : ToActor(Life);

    /// <summary>The engine has stopped for good. Sent by <c>EngineSupervisor</c>.</summary>
    public sealed record EngineStopped() : ToActor(AnyLife);

    /// <summary>The actor tells itself to go on, behind the messages that its mailbox holds by then.</summary>
    public sealed record Continue(long Life) : ToActor(Life);

    /// <summary>The actor tells itself that the pause of its hold is over.</summary>
    public sealed record TryAgain(long Life) : ToActor(Life), IDeadLetterSuppression;

    /// <summary>The actor tells itself, at this monotonic time, that a reminder may be due on this leader.</summary>
    public sealed record ReminderDue(long Life, TimeSpan Time) : ToActor(Life), IDeadLetterSuppression;

    /// <summary>The actor tells itself that it was resumed after a callback threw.</summary>
    /// <param name="Waiting">The Append of this process whose pair the callback failed on, or null.</param>
    /// <param name="Failed">The place that counts as passed, or null.</param>
    public sealed record Resumed(long Life, RequestRef? Waiting, Serial Serial, DeliveryPlace? Failed) : ToActor(Life);

    /// <summary>
    /// News of a process. The engine replaces the news until the actor takes it, so that a process that comes and goes does not fill the
    /// mailbox of a slow actor. Thread-safe.
    /// </summary>
    public sealed record PeerMet : ToActor
    {
        private Peer? _peer;

        public PeerMet(long life, Peer peer)
            : base(life) => _peer = peer;

        /// <summary>For the engine: replaces the news. Returns false if the actor has taken it.</summary>
        public bool TryReplace(Peer peer) =>
            Volatile.Read(ref _peer) is { } before && Interlocked.CompareExchange(ref _peer, peer, before) == before;

        /// <summary>For the actor, once: takes the news.</summary>
        public Peer Take() =>
            Interlocked.Exchange(ref _peer, null) ?? throw new InvalidOperationException("The news of a process was taken before.");
    }

    /// <summary>A process that no configuration names was unreachable, and made room for another one.</summary>
    public sealed record PeerForgotten(long Life, ProcessName Name) : ToActor(Life);

    /// <summary>The quorum changed, or was lost.</summary>
    public sealed record QuorumIs(long Life, Quorum? Quorum) : ToActor(Life);

    /// <summary>The leader changed, became ready, or was lost. Learners get it too, because their delivery needs the serial.</summary>
    public sealed record LeaderIs(long Life, Leader? Leader) : ToActor(Life);

    /// <summary>The life was told of all peers, the quorum and the leader that earlier lives were told of.</summary>
    public sealed record ToldAll(long Life) : ToActor(Life);

    /// <summary>
    /// Pairs up to a serial are committed. No message carries pairs: <see cref="DeliveryOrder"/> reads them from
    /// <see cref="CommittedPairs"/> when their turn comes. The engine raises the serial until the actor takes it, so that notices do not
    /// fill the mailbox of a slow actor. Thread-safe.
    /// </summary>
    public sealed record Committed : ToActor
    {
        private const long Taken = -1;

        private long _serial;

        public Committed(long life, Serial serial)
            : base(life) => _serial = serial.Value;

        /// <summary>For the engine: raises the serial. Returns false if the actor has taken it.</summary>
        public bool TryRaise(Serial serial)
        {
            var before = Volatile.Read(ref _serial);
            return before != Taken && Interlocked.CompareExchange(ref _serial, serial.Value, before) == before;
        }

        /// <summary>For the actor, once: takes the serial.</summary>
        public Serial Take() => new(Interlocked.Exchange(ref _serial, Taken));
    }

    /// <summary>Pairs up to this serial are compacted. An actor that lacks one of them restores the latest snapshot.</summary>
    public sealed record Restore(long Life, Serial Serial) : ToActor(Life);

    /// <summary>Asks the actor for its state. It answers with <c>ToEngine.State</c>.</summary>
    public sealed record TakeSnapshot(long Life) : ToActor(Life);

    /// <summary>
    /// Makes the actor throw: what the writer of its state has thrown, or that its state was replaced, so that its successor restores it.
    /// </summary>
    public sealed record Throw(long Life, ExceptionDispatchInfo Cause) : ToActor(Life);

    /// <summary>
    /// An earlier attempt of an Append has appended the pair with this serial. The actor ends the Append once that pair is delivered.
    /// </summary>
    public sealed record Repeated(long Life, RequestRef Request, Serial Serial) : ToActor(Life);

    public sealed record Answered(long Life, RequestRef Request, StoredPair Pair) : ToActor(Life);

    /// <summary>These queries may be answered from a state with all pairs up to this serial.</summary>
    public sealed record Readable(long Life, Serial Serial, ImmutableArray<ReadableQuery> Queries) : ToActor(Life);

    public sealed record Cancelled(long Life, RequestRef Request, RaftFailure Failure) : ToActor(Life);

    /// <summary>Asks the actor of the leader whether a pair may be written. The actor answers with <c>ToEngine.Validated</c>.</summary>
    public sealed record Validate(long Life, RequestId Request, string Key, ReadOnlyMemory<byte> Value, int Count = 1) : ToActor(Life);

    /// <summary>Asks for the digest once the actor has exactly the pairs up to this serial.</summary>
    public sealed record WantDigest(long Life, Serial Serial) : ToActor(Life);

    /// <summary>Another process asks for this committed pair. The actor answers with <c>ToEngine.Served</c>.</summary>
    public sealed record Serve(long Life, RequestId Request, Serial Serial) : ToActor(Life);
}

/// <summary>A query that its actor may answer.</summary>
/// <param name="Asked">The question of a client, or null if the actor itself asks and has the question.</param>
internal readonly record struct ReadableQuery(RequestRef Request, ClientQuery? Asked = null);

/// <summary>The question of a client to an actor.</summary>
/// <param name="Untaken">Counts the question until the actor takes it.</param>
internal sealed record ClientQuery(ClientCall.Query Call, ICanTell Client, Backlog Untaken);
