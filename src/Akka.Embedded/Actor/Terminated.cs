using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Tells a watcher that the watched actor has ended. It is sent once. Within one process it arrives after all messages that the
/// ended actor sent to the watcher.
/// </summary>
public sealed class Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    : IAutoReceivedMessage, INoSerializationVerificationNeeded, IPossiblyHarmful, IDeadLetterSuppression
{
    public IActorRef ActorRef { get; } = actorRef;

    /// <summary>False if the watched actor was not known to exist.</summary>
    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    /// <summary>Whether the whole actor system was lost, and the end of the actor itself was not observed.</summary>
    public bool AddressTerminated { get; } = addressTerminated;

    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}
