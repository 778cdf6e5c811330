using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

using Akka.Actor;

using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The turns of one engine, on one thread at a time. The actor takes a turn for each message in its mailbox. While the engine is idle, the
/// thread that reads a lane takes one itself, and so does that of the scheduler: heartbeats and ticks then wake no thread of the pool. The
/// thread in a busy engine goes on with what the lanes have brought meanwhile.
/// </summary>
/// <param name="take">Takes a turn: handles the message of this sender.</param>
internal sealed class EngineTurns(IActorRef self, Action<object, IActorRef> take) : ILaneReceiver
{
    // A thread of a lane or of the scheduler goes on with the messages of others, but not for long: it has work of its own.
    private const int MaxTurns = 4;

    // Invariant: the holder is the only thread in the engine.
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<(WireMessage Message, IActorRef From)> _arrived = new();

    // 1: the mailbox holds a LaneTurn.
    private int _isAnnounced;
    private volatile bool _hasEnded;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Takes a turn of the actor.</summary>
    public void Take(object message, IActorRef sender)
    {
        lock (_lock)
        {
            _failure?.Throw();
            try
            {
                take(message, sender);
            }
            catch
            {
                _hasEnded = true;
                throw;
            }
        }

        TakeLaneTurns();
    }

    /// <inheritdoc/>
    public bool TryReceive(WireMessage message, IActorRef from, bool isFirst)
    {
        if (_hasEnded)
        {
            return false;
        }

        if (isFirst)
        {
            // Invariant: earlier messages that came by Akka are still in the mailbox, so the actor must reach this place of it first.
            Announce();
        }

        _arrived.Enqueue((message, from));
        if (isFirst)
        {
            Announce();
        }
        else
        {
            TakeLaneTurns();
        }

        return true;
    }

    /// <summary>Reads what had arrived when the turn began.</summary>
    public void ReadLanes(Action<WireMessage, IActorRef> read)
    {
        for (var left = _arrived.Count; left > 0 && _arrived.TryDequeue(out var arrived); left--)
        {
            read(arrived.Message, arrived.From);
        }
    }

    /// <summary>The actor has reached the LaneTurn in its mailbox. Call it before <see cref="ReadLanes"/>.</summary>
    public void EndAnnouncement() => Interlocked.Exchange(ref _isAnnounced, 0);

    /// <summary>The engine stops. Later messages of lanes are dropped. Returns when no other thread is in the engine.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
        }
    }

    /// <summary>Takes a turn on this thread. False: the engine is busy or has ended, so its mailbox must get the message.</summary>
    public bool TryTake(object message)
    {
        var isTaken = TryTakeOne(message);
        TakeLaneTurns();
        return isTaken;
    }

    // Invariant: a thread that adds a message tries to enter the engine afterwards, and one that leaves the engine looks for messages
    // afterwards. So no message stays behind.
    private void TakeLaneTurns()
    {
        for (var turns = 0; !_arrived.IsEmpty; turns++)
        {
            if (turns == MaxTurns)
            {
                Announce();
            }

            if (!TryTakeOne(ToSelf.LaneTurn.OfLane))
            {
                return;
            }
        }
    }

    private bool TryTakeOne(object message)
    {
        if (_hasEnded || Volatile.Read(ref _isAnnounced) == 1 || !_lock.TryEnter())
        {
            return false;
        }

        try
        {
            // Another thread may have announced the first message of its lane, or have ended the engine, meanwhile.
            if (_hasEnded || Volatile.Read(ref _isAnnounced) == 1)
            {
                return false;
            }

            take(message, self);
            return true;
        }
        catch (Exception e)
        {
            // The next turn of the actor fails with it, so the engine stops as after any failure.
            _failure = ExceptionDispatchInfo.Capture(e);
            _hasEnded = true;
            Announce();
            return false;
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Announce()
    {
        if (Interlocked.Exchange(ref _isAnnounced, 1) == 0)
        {
            self.Tell(ToSelf.LaneTurn.Announced, self);
        }
    }
}
