using System.Collections.Immutable;
using System.Runtime.ExceptionServices;

using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Delivery;

/// <summary>
/// A message of an engine to its raft actor, on the same node, or of the actor to itself. It is meant for one life. A mailbox outlives a
/// restart, so the next life ignores the messages of the one before. Closed.
/// </summary>
internal abstract record ToActor(long Life)
{
    /// <summary>The life of messages that concern every life: the end of an Append, and the end of the engine.</summary>
    public const long AnyLife = 0;

    /// <summary>The opening of the process's store has ended, with a process or a failure. Sent to an actor that waits for it.</summary>
    public sealed record OpeningEnded() : ToActor(AnyLife);

    /// <summary>The engine knows this life. The first message of a life.</summary>
    /// <param name="Own">The last serial that this process's own log had at that time. Gets up to it need no other process.</param>
    public sealed record Attached(long Life, IActorRef Engine, Serial Own) : ToActor(Life);

    /// <summary>The engine has stopped and is not started again. Sent by <c>EngineSupervisor</c>.</summary>
    public sealed record EngineStopped() : ToActor(AnyLife);

    /// <summary>The actor goes on with what is due. It sends this to itself, behind the messages that its mailbox holds by then.</summary>
    public sealed record Continue(long Life) : ToActor(Life);

    /// <summary>The pause of a held actor is over. It sends this to itself, later.</summary>
    public sealed record TryAgain(long Life) : ToActor(Life), IDeadLetterSuppression;

    /// <summary>A reminder may be due on this leader. It sends this to itself, at that monotonic time.</summary>
    public sealed record ReminderDue(long Life, TimeSpan Time) : ToActor(Life), IDeadLetterSuppression;

    /// <summary>The actor was resumed after a callback threw. It sends this to itself.</summary>
    /// <param name="Own">The Append of this process whose pair the callback failed on; null if there is none.</param>
    public sealed record Resumed(long Life, RequestRef? Own, Serial Serial) : ToActor(Life);

    /// <summary>
    /// A process became known, or something about it changed. The engine replaces the news that the actor has not taken. So a process that
    /// comes and goes does not fill the mailbox of a slow actor. Thread-safe.
    /// </summary>
    public sealed record PeerMet : ToActor
    {
        private Peer? _peer;

        public PeerMet(long life, Peer peer)
            : base(life) => _peer = peer;

        /// <summary>For the engine: replaces the news. False if the actor has taken it.</summary>
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

    /// <summary>
    /// Pairs up to a serial are committed: the actor may read them from <see cref="CommittedPairs"/>. The engine raises the serial of a
    /// notice that the actor has not taken. So a slow actor's mailbox does not fill with notices. Thread-safe.
    /// </summary>
    public sealed record Committed : ToActor
    {
        private const long Taken = -1;

        private long _serial;

        public Committed(long life, Serial serial)
            : base(life) => _serial = serial.Value;

        /// <summary>For the engine: raises the serial. False if the actor has taken the notice.</summary>
        public bool TryRaise(Serial serial)
        {
            var before = Volatile.Read(ref _serial);
            return before != Taken && Interlocked.CompareExchange(ref _serial, serial.Value, before) == before;
        }

        /// <summary>For the actor, once: takes the serial, which stays as it is from here on.</summary>
        public Serial Take() => new(Interlocked.Exchange(ref _serial, Taken));
    }

    /// <summary>Pairs up to this serial are compacted. A life that lacks one of them restores the latest snapshot.</summary>
    public sealed record Restore(long Life, Serial Serial) : ToActor(Life);

    /// <summary>The actor is to give its state. It answers with <c>ToEngine.State</c>.</summary>
    public sealed record TakeSnapshot(long Life) : ToActor(Life);

    /// <summary>
    /// The actor throws this: what the writer of its state has thrown, or that its state was replaced, so that the next life restores it.
    /// </summary>
    public sealed record Throw(long Life, ExceptionDispatchInfo Cause) : ToActor(Life);

    /// <summary>
    /// The pair of an Append was appended before, with this serial. The actor ends the Append when that pair is delivered, or was before.
    /// </summary>
    public sealed record Repeated(long Life, RequestRef Request, Serial Serial) : ToActor(Life);

    /// <summary>A Get was answered.</summary>
    public sealed record Answered(long Life, RequestRef Request, StoredPair Pair) : ToActor(Life);

    /// <summary>A state that has all pairs up to this serial may answer these queries.</summary>
    public sealed record Readable(long Life, Serial Serial, ImmutableArray<ReadableQuery> Queries) : ToActor(Life);

    /// <summary>An Append, a Get or a Query ended without success.</summary>
    public sealed record Cancelled(long Life, RequestRef Request, CancelReason Reason) : ToActor(Life);

    /// <summary>This process leads: may this pair be written? The actor answers with <c>ToEngine.Validated</c>.</summary>
    public sealed record Validate(long Life, RequestId Request, string Key, ReadOnlyMemory<byte> Value) : ToActor(Life);

    /// <summary>The actor gives its digest once it has all pairs up to this serial, and none above.</summary>
    public sealed record WantDigest(long Life, Serial Serial) : ToActor(Life);

    /// <summary>Another process asks for this committed pair. The actor answers with <c>ToEngine.Served</c>.</summary>
    public sealed record Serve(long Life, RequestId Request, Serial Serial) : ToActor(Life);
}

/// <summary>A query that its actor may answer.</summary>
/// <param name="Asked">The question of a client; null: the actor itself asks, and has the question.</param>
internal readonly record struct ReadableQuery(RequestRef Request, ClientQuery? Asked = null);

/// <summary>The question of a client to an actor.</summary>
/// <param name="Untaken">Counts it until the actor takes it.</param>
internal sealed record ClientQuery(ClientCall.Query Call, ICanTell Client, UntakenQuestions Untaken);

/// <summary>
/// The questions of clients that are on their way to one life of an actor. A slow actor must not fill the memory. Thread-safe.
/// </summary>
internal sealed class UntakenQuestions
{
    private int _count;
    private long _bytes;

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Another question may go.</summary>
    public bool HasRoom(long bytesMax) => Count < OpenQueries.MaxOfClients && Bytes < bytesMax;

    public void Add(int size)
    {
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _bytes, size);
    }

    /// <summary>The actor has taken a question.</summary>
    public void Take(int size)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -size);
    }
}
