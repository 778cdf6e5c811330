namespace Akka.Actor;

public static class ActorRefExtensions
{
    /// <summary>Whether the reference is missing or stands for no actor.</summary>
    public static bool IsNobody(this IActorRef? actorRef) => actorRef is null or Akka.Actor.Nobody;
}
