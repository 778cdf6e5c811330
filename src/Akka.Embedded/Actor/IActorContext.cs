namespace Akka.Actor;

/// <summary>The context of an actor. Only the actor itself may use it, while it handles a message.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    IActorRef Self { get; }

    Props Props { get; }

    /// <summary>The sender of the current message, or the dead letters if it has none.</summary>
    IActorRef Sender { get; }

    ActorSystem System { get; }

    IActorRef Parent { get; }

    TimeSpan? ReceiveTimeout { get; }

    /// <summary>Replaces the current behaviour.</summary>
    void Become(Receive receive);

    /// <summary>Pushes a behaviour on top of the current one.</summary>
    void BecomeStacked(Receive receive);

    /// <summary>Returns to the behaviour below. Does nothing on the last one.</summary>
    void UnbecomeStacked();

    /// <summary>Returns the child with this name, or nobody.</summary>
    IActorRef Child(string name);

    IEnumerable<IActorRef> GetChildren();

    /// <summary>Sends <see cref="ReceiveTimeout"/> after each silence of this length. Null turns it off.</summary>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Stops a child or any other actor. The actor finishes its current message.</summary>
    void Stop(IActorRef child);
}

public interface IUntypedActorContext : IActorContext
{
    void Become(UntypedReceive receive);

    void BecomeStacked(UntypedReceive receive);
}

/// <summary>Death watch: one <see cref="Terminated"/>, or the given message, when the subject ends or has ended already.</summary>
public interface ICanWatch
{
    IActorRef Watch(IActorRef subject);

    /// <exception cref="InvalidOperationException">The subject is watched already, with another message.</exception>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Stops watching. The actor receives no <see cref="Terminated"/> afterwards, even if it is in the mailbox already.</summary>
    IActorRef Unwatch(IActorRef subject);
}
