using Akka.Event;

namespace Akka.Actor;

/// <summary>A message that the actor's cell handles before the actor sees it.</summary>
public interface IAutoReceivedMessage
{
}

/// <summary>A message that Akka.NET's remoting discards in untrusted mode. The embedded runtime has no such mode.</summary>
public interface IPossiblyHarmful
{
}

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

/// <summary>Reports that a remote actor system is lost for good. All its actors count as terminated.</summary>
internal sealed record AddressTerminated(Address Address) : IAutoReceivedMessage, IPossiblyHarmful, Event.IDeadLetterSuppression;

/// <summary>Asks an actor for its reference. Every living actor answers with an <see cref="ActorIdentity"/> that has the same id.</summary>
public sealed class Identify(object? messageId) : IAutoReceivedMessage, INotInfluenceReceiveTimeout
{
    public object? MessageId { get; } = messageId;

    public override string ToString() => $"<Identify>: {MessageId}";
}

/// <summary>The answer to an <see cref="Identify"/>. The subject is null if no actor exists at the path.</summary>
public sealed class ActorIdentity(object? messageId, IActorRef? subject)
{
    public object? MessageId { get; } = messageId;

    public IActorRef? Subject { get; } = subject;

    public override string ToString() => $"<ActorIdentity>: MessageId={MessageId}, Subject={Subject}";
}

/// <summary>Stops the receiver when it reaches the message. Messages behind it become dead letters.</summary>
public sealed class PoisonPill : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression
{
    private PoisonPill()
    {
    }

    public static PoisonPill Instance { get; } = new();

    public override string ToString() => "<PoisonPill>";
}

/// <summary>Makes the receiver fail with <see cref="ActorKilledException"/>. The default supervision stops it.</summary>
public sealed class Kill : IAutoReceivedMessage
{
    private Kill()
    {
    }

    public static Kill Instance { get; } = new();

    public override string ToString() => "<Kill>";
}
