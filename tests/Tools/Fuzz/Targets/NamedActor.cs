namespace RaftActors.Fuzz.Targets;

/// <summary>A reference with nothing but a path.</summary>
internal sealed class NamedActor(ActorPath path) : ActorRefBase
{
    public override ActorPath Path => path;

    protected override void TellInternal(object message, IActorRef sender)
    {
    }
}
