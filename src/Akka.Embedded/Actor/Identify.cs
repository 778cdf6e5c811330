namespace Akka.Actor;

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
