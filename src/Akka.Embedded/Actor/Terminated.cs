using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Tells a watcher that the watched actor has ended, once. Every message that the ended one sent to the watcher before comes
/// earlier, if both live in one process.
/// </summary>
public sealed class Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    : IAutoReceivedMessage, INoSerializationVerificationNeeded, IPossiblyHarmful, IDeadLetterSuppression
{
    public IActorRef ActorRef { get; } = actorRef;

    /// <summary>False where the watched actor was not, or no longer, known to exist.</summary>
    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    /// <summary>Whether its whole system was given up, rather than the actor seen to end.</summary>
    public bool AddressTerminated { get; } = addressTerminated;

    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}
