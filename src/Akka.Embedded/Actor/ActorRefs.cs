namespace Akka.Actor;

public static class ActorRefs
{
    /// <summary>To be given where a message has no sender; whoever answers it speaks to the dead letters.</summary>
    public static readonly IActorRef? NoSender = null;
}
