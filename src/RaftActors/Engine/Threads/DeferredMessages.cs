using Akka.Actor;
using Akka.Event;

namespace RaftActors.Engine;

/// <summary>
/// The messages that reached an actor before its store was open. The actor receives them in the order sent, ahead of all later messages.
/// Outlives restarts of the actor. For the actor's thread only.
/// </summary>
internal sealed class DeferredMessages
{
    private readonly Queue<(object Message, IActorRef Sender)> _held = [];

    // Redelivered messages that are in the mailbox. Later messages go behind them.
    private int _underWay;

    public void Hold(object message, IActorRef sender) => _held.Enqueue((message, sender));

    /// <summary>Sends all held messages to the actor again, from their senders, because the store is open.</summary>
    public void Redeliver(IActorRef actor)
    {
        while (_held.TryDequeue(out var held))
        {
            Send(held.Message, actor, held.Sender);
        }
    }

    /// <summary>
    /// Returns true, with the message unwrapped, if the actor may handle it. Otherwise it was sent again, behind earlier messages.
    /// </summary>
    public bool TryPass(ref object message, IActorRef actor, IActorRef sender)
    {
        if (message is Redelivered redelivered)
        {
            // An actor may stash the message and receive it a second time.
            _underWay -= redelivered.IsReceived ? 0 : 1;
            redelivered.IsReceived = true;
            message = redelivered.Message;
            return true;
        }

        if (_underWay == 0)
        {
            return true;
        }

        Send(message, actor, sender);
        return false;
    }

    /// <summary>Sends the held messages to the dead letters, because the actor stopped before its store was open.</summary>
    public void Drop(ActorSystem system, IActorRef actor)
    {
        while (_held.TryDequeue(out var held))
        {
            system.DeadLetters.Tell(new DeadLetter(held.Message, held.Sender, actor), held.Sender);
        }
    }

    private void Send(object message, IActorRef actor, IActorRef sender)
    {
        _underWay++;
        actor.Tell(new Redelivered(message), sender);
    }

    private sealed class Redelivered(object message)
    {
        public object Message { get; } = message;

        public bool IsReceived { get; set; }

        public override string? ToString() => Message.ToString();
    }
}
