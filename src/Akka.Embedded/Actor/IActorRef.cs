namespace Akka.Actor;

/// <summary>
/// A reference to one incarnation of an actor. Any thread may use it and, with remoting, any process. After the actor has ended,
/// messages to it become dead letters. Two references are equal if path and uid are equal.
/// </summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>
{
    ActorPath Path { get; }
}
