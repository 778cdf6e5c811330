using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Event;

/// <summary>Notifies actors with remote watches that an address is lost. Remoting publishes to it.</summary>
internal sealed class AddressTerminatedTopic
{
    private readonly ConcurrentDictionary<IActorRef, bool> _subscribers = new();

    public void Subscribe(IActorRef subscriber) => _subscribers[subscriber] = true;

    public void Unsubscribe(IActorRef subscriber) => _subscribers.TryRemove(subscriber, out _);

    public void Publish(AddressTerminated terminated)
    {
        foreach (var subscriber in _subscribers.Keys.Order())
        {
            subscriber.Tell(terminated, ActorRefs.NoSender);
        }
    }

    /// <summary>Ends the watches of one watcher by system messages, so that they precede all later watches.</summary>
    public void Unwatch(InternalActorRef watcher)
    {
        foreach (var (subscriber, _) in _subscribers)
        {
            var watchee = InternalActorRef.Of(subscriber);
            watchee.SendSystemMessage(new Unwatch(watchee, watcher));
        }
    }
}
