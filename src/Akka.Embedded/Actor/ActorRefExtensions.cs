namespace Akka.Actor;

public static class ActorRefExtensions
{
    /// <summary>Returns whether the reference is null or refers to no actor.</summary>
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Akka.Actor.Nobody;
}
