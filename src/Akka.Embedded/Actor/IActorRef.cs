namespace Akka.Actor;

/// <summary>
/// The handle of one incarnation of an actor, valid from any thread and, with remoting, from any process. It outlives its
/// actor: what is sent then goes to the dead letters. Two refs are equal when path and uid are.
/// </summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>
{
    ActorPath Path { get; }
}
