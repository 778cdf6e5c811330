namespace Akka.Actor;

/// <summary>Death watch: one <see cref="Terminated"/>, or the given message, when the subject ends or has ended already.</summary>
public interface ICanWatch
{
    IActorRef Watch(IActorRef subject);

    /// <exception cref="InvalidOperationException">The subject is watched already, with another message.</exception>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Stops watching. The actor receives no <see cref="Terminated"/> afterwards, even if it is in the mailbox already.</summary>
    IActorRef Unwatch(IActorRef subject);
}
