namespace Akka.Actor;

/// <summary>What extensions see of their system.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    internal ExtendedActorSystem()
    {
    }

    public abstract IActorRefProvider Provider { get; }

    /// <summary>Makes an actor below <c>/system</c>, which ends after all of the user's.</summary>
    public abstract IActorRef SystemActorOf(Props props, string? name = null);

    public abstract IActorRef SystemActorOf<TActor>(string? name = null)
        where TActor : ActorBase, new();
}
