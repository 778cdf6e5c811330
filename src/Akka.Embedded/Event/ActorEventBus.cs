using Akka.Actor;

namespace Akka.Event;

/// <summary>An event bus with actors as subscribers.</summary>
public abstract class ActorEventBus<TEvent, TClassifier> : EventBus<TEvent, TClassifier, IActorRef>
    where TClassifier : notnull
{
    private protected ActorEventBus()
    {
    }
}
