namespace Akka.Actor;

/// <summary>Creates and resolves references. The provider decides whether the system can reach other systems.</summary>
public interface IActorRefProvider
{
    /// <summary>The address at which other systems reach this one. Without remoting, the local address.</summary>
    Address DefaultAddress { get; }

    /// <summary>Returns the reference for a path, even if no actor is there. Does not contact other systems.</summary>
    IActorRef ResolveActorRef(string path);

    IActorRef ResolveActorRef(ActorPath actorPath);
}
