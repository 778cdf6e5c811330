namespace Akka.Actor;

/// <summary>The actor system as extensions see it.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    internal ExtendedActorSystem()
    {
    }

    public abstract IActorRefProvider Provider { get; }

    /// <summary>Creates an actor below <c>/system</c>. It stops after all user actors.</summary>
    public abstract IActorRef SystemActorOf(Props props, string? name = null);

    public abstract IActorRef SystemActorOf<TActor>(string? name = null)
        where TActor : ActorBase, new();
}
