using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Delivery;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The calls of clients that an engine has not taken, in order. The engine's mailbox holds at most one message for all of them, and a turn
/// takes a bounded number, so a heartbeat or a tick never waits for a flood of calls. Thread-safe.
/// </summary>
internal sealed class CallInbox(IActorRef engine) : ICallInbox, IThreadPoolWorkItem
{
    /// <summary>
    /// The most calls of one turn. A call may cost a text and a system call, some 20 to 50 us. All pending Appends of one client still fit
    /// into one turn.
    /// </summary>
    public const int TurnMax = 256;

    private readonly ConcurrentQueue<(ClientCall Call, ICanTell Caller)> _calls = new();
    private int _isAnnounced;
    private ClientReply? _whyClosed;
    private volatile Answerer? _answerer;

    public Backlog Untaken { get; } = Backlog.OfCalls();

    public void Add(ClientCall call, ICanTell caller)
    {
        if (call is ClientCall.Query query && _answerer is { } answerer && answerer.TryAsk(query, caller))
        {
            WaitingCaller.OnTaken(caller);
        }
        else
        {
            _calls.Enqueue((call, caller));
        }
    }

    public void Execute() => DeclineAll();

    /// <summary>Closes the inbox after the end of the engine.</summary>
    /// <param name="why">The reply to the calls that the engine has not taken.</param>
    public void Close(ClientReply why)
    {
        _answerer = null;
        Interlocked.Exchange(ref _whyClosed, why);
        DeclineAll();
    }

    /// <summary>Reports that the actor has started, restarted or ended.</summary>
    public void OnActor(EngineContext context) =>
        _answerer = context.Actor is { } actor ? new Answerer(context.Process, actor, context.Life, context.Untaken) : null;

    public void Announce()
    {
        if (_calls.IsEmpty)
        {
            return;
        }

        // The full fence here and in Close: either this side sees that the inbox is closed, or Close sees the call.
        var isFirst = Interlocked.Exchange(ref _isAnnounced, 1) == 0;
        if (Volatile.Read(ref _whyClosed) is not null)
        {
            // Runs on another thread, because a client adds under its own lock, and callers take the locks of their clients.
            Machine.Current.Queue(this);
        }
        else if (isFirst)
        {
            engine.Tell(ToEngine.CallTurn.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>Takes the next call. A turn takes at most <see cref="TurnMax"/>, and then calls <see cref="EndReading"/>.</summary>
    public bool TryTake(out (ClientCall Call, ICanTell Caller) next)
    {
        if (!_calls.TryDequeue(out next))
        {
            return false;
        }

        WaitingCaller.OnTaken(next.Caller);
        return true;
    }

    /// <summary>Ends the reading of a turn. Further calls are announced again.</summary>
    public void EndReading()
    {
        // The full fence orders this before the look at the queue: either this side sees a new call, or its sender sees the flag.
        Interlocked.Exchange(ref _isAnnounced, 0);
        Announce();
    }

    private void DeclineAll()
    {
        while (TryTake(out var next))
        {
            next.Caller.Tell(_whyClosed!, engine); // Justification: it is closed.
        }
    }

    /// <summary>
    /// Passes a query to the running actor at once if it needs no leader, because the process has committed enough for it.
    /// </summary>
    private sealed record Answerer(RaftProcess Process, IActorRef Actor, long Life, Backlog Untaken)
    {
        public bool TryAsk(ClientCall.Query query, ICanTell caller)
        {
            if (query.Consistency.NotBelow is not { } serial
                || serial > Process.Pairs.CommittedSerial
                || !Untaken.TryAdd(query.Question.Length))
            {
                return false;
            }

            ReadableQuery readable = new(Process.NewRequest(), new ClientQuery(query, caller, Untaken));
            Actor.Tell(new ToActor.Readable(Life, serial, [readable]), ActorRefs.NoSender);
            return true;
        }
    }
}
