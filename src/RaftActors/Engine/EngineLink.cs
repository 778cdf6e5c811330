using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

using Akka.Actor;

using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Carries an actor's messages to its engine, in order. A message waits until the engine knows the actor's life. The mailbox of the engine
/// has at most one <see cref="ToEngine.ReadInbox"/> for all of them, because otherwise heartbeats would wait behind a burst of Appends.
/// Outlives the lives of the actor. <see cref="TryAnnounce"/>, <see cref="TryTake"/> and <see cref="EndReading"/> are for the engine's
/// thread, and the other members for that of the actor.
/// </summary>
/// <remarks>
/// A Tell for each message is as fast. Three runs in turn of <c>cluster --store memory --clients 1,64</c> gave medians of 0.89 to 1.01 of
/// this queue's rate, within their spread. But it would need a mailbox with priorities, and a stash for messages of a life that has not
/// attached.
/// </remarks>
internal sealed class EngineLink(RaftProcess process)
{
    private readonly ConcurrentQueue<(ToEngine Message, long Life)> _messages = new();

    // A message of a life that the engine does not know yet. The engine takes it out rather than peek at it, because after a peek the queue
    // keeps the messages that were taken from its segment, such as the states of many snapshots.
    private volatile EarlyMessage? _early;
    private int _isAnnounced;

    // The engine, and the latest life of the actor that it knows.
    private (IActorRef? Ref, long Life) _engine;

    /// <summary>True once the actor knows that the engine has stopped, which is final.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>
    /// Sends a message to the engine. An Append survives the life that made it. After the engine has stopped, the message fails through the
    /// actor's mailbox.
    /// </summary>
    public void Tell(ToEngine message, IActorRef actor, long life)
    {
        if (HasStopped)
        {
            Cancel(message, actor, life);
            return;
        }

        _messages.Enqueue((message, life));
        if (_engine is ({ } engine, var known) && known == life && TryAnnounce())
        {
            engine.Tell(ToEngine.ReadInbox.Instance, actor);
        }
    }

    /// <summary>The engine has attached a life of the actor.</summary>
    public void Meet(IActorRef engine, long life)
    {
        _engine = (engine, life);
        if (TryAnnounce())
        {
            engine.Tell(ToEngine.ReadInbox.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>The engine has stopped, so the messages that it did not read fail.</summary>
    public void Lose(IActorRef actor, long life)
    {
        HasStopped = true;
        while (TryTake(life, out var lost))
        {
            // Gets and Queries of this life end in DeliveryOrder and RaftContext.
            if (lost is not (ToEngine.Get or ToEngine.Query))
            {
                Cancel(lost, actor, life);
            }
        }
    }

    /// <summary>Returns true if the caller must send the engine a <see cref="ToEngine.ReadInbox"/>. At most one is under way.</summary>
    public bool TryAnnounce() => (_early is not null || !_messages.IsEmpty) && Interlocked.Exchange(ref _isAnnounced, 1) == 0;

    /// <summary>
    /// Takes the next message for an engine with this life attached. Drops the questions of earlier lives, which ended with them. Returns
    /// false if no message is left, or the next one is of a life that has not attached yet.
    /// </summary>
    public bool TryTake(long life, [NotNullWhen(true)] out ToEngine? message)
    {
        while (TryTakeNext(out var next))
        {
            if (next.Life > life)
            {
                _early = new EarlyMessage(next.Message, next.Life);
                break;
            }

            if (next.Life == life || next.Message is not (ToEngine.Get or ToEngine.Query or ToEngine.Served))
            {
                message = next.Message;
                return true;
            }
        }

        message = null;
        return false;
    }

    /// <summary>The engine pauses reading. Returns true if it must send itself a <see cref="ToEngine.ReadInbox"/>.</summary>
    public bool EndReading(long life)
    {
        // The full fence comes before the look at the queue, so either this side sees a new message, or its sender sees the flag.
        Interlocked.Exchange(ref _isAnnounced, 0);
        return (_early is not { } early || early.Life <= life) && TryAnnounce();
    }

    private bool TryTakeNext(out (ToEngine Message, long Life) next)
    {
        if (_early is { } early)
        {
            (next, _early) = ((early.Message, early.Life), null);
            return true;
        }

        return _messages.TryDequeue(out next);
    }

    private void Cancel(ToEngine message, IActorRef actor, long life)
    {
        var stopped = process.EngineStopped;
        switch (message)
        {
            case ToEngine.Append append:
                actor.Tell(new ToActor.Cancelled(ToActor.AnyLife, append.Request, stopped), actor);
                break;
            case ToEngine.Get get:
                actor.Tell(new ToActor.Cancelled(life, get.Request, stopped), actor);
                break;
            case ToEngine.Query query:
                actor.Tell(new ToActor.Cancelled(life, query.Request, stopped), actor);
                break;
        }
    }

    private sealed record EarlyMessage(ToEngine Message, long Life);
}
