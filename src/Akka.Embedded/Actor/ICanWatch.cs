namespace Akka.Actor;

/// <summary>Death watch: one <see cref="Terminated"/>, or the given message, when the subject ends or has ended already.</summary>
public interface ICanWatch
{
    IActorRef Watch(IActorRef subject);

    /// <exception cref="InvalidOperationException">The subject is watched already, with another message.</exception>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>No <see cref="Terminated"/> of the subject is received after this, even if it is in the mailbox already.</summary>
    IActorRef Unwatch(IActorRef subject);
}
