namespace Akka.Actor;

/// <summary>Makes and finds references; what a system can reach depends on it.</summary>
public interface IActorRefProvider
{
    /// <summary>The address others reach this system by; the local one where they cannot.</summary>
    Address DefaultAddress { get; }

    /// <summary>The address by which an actor system at the given address would reach this one, or null where it could not.</summary>
    Address? GetExternalAddressFor(Address address);

    /// <summary>The reference behind a path, also where there is no actor (any more). Never asks another system.</summary>
    IActorRef ResolveActorRef(string path);

    IActorRef ResolveActorRef(ActorPath actorPath);
}
