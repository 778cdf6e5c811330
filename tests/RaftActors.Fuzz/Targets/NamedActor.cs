using Akka.Actor;

namespace RaftActors.Fuzz.Targets;

/// <summary>A reference with nothing but a path.</summary>
internal sealed class NamedActor(ActorPath path) : IActorRef
{
    public ActorPath Path => path;

    public void Tell(object message, IActorRef? sender)
    {
    }

    public bool Equals(IActorRef? other) => path.Equals(other?.Path);

    public int CompareTo(IActorRef? other) => path.CompareTo(other?.Path);

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => path.GetHashCode();
}
