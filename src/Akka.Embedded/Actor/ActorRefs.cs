namespace Akka.Actor;

public static class ActorRefs
{
    /// <summary>The sender of a message that has no sender. Replies to such a message become dead letters.</summary>
    public static readonly IActorRef? NoSender = null;
}
