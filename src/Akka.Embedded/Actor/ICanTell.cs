namespace Akka.Actor;

/// <summary>A receiver of messages: an actor reference or a selection.</summary>
public interface ICanTell
{
    /// <summary>
    /// Sends a message at most once and does not wait. Messages keep their order per sender and receiver. Any thread may call it.
    /// </summary>
    void Tell(object message, IActorRef? sender);
}
