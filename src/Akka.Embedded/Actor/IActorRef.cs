namespace Akka.Actor;

/// <summary>
/// A reference to one incarnation of an actor. Any thread may use it and, with remoting, any process. After the actor has ended,
/// messages to it become dead letters. Two references are equal if path and uid are equal.
/// </summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>
{
    ActorPath Path { get; }
}

public static class ActorRefs
{
    /// <summary>The sender of a message that has no sender. Replies to such a message become dead letters.</summary>
    public static readonly IActorRef? NoSender = null;
}

public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends a message. The sender is the actor that runs on this thread, or a test's own actor outside of actors.</summary>
    public static void Tell(this IActorRef receiver, object message) => receiver.Tell(message, ImplicitSender.Current);

    /// <summary>Forwards a message with its original sender.</summary>
    public static void Forward(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.Current?.Sender);
}

public static class ActorRefExtensions
{
    /// <summary>Returns whether the reference is null or refers to no actor.</summary>
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Akka.Actor.Nobody;
}
