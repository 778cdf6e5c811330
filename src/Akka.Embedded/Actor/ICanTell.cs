namespace Akka.Actor;

/// <summary>Whatever takes messages: an actor, or a selection of them.</summary>
public interface ICanTell
{
    /// <summary>Sends at most once, in order per sender and receiver, without waiting. Safe from any thread.</summary>
    void Tell(object message, IActorRef? sender);
}
