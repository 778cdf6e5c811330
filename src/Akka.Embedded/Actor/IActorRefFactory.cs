namespace Akka.Actor;

/// <summary>Where actors come from: an actor system makes top-level actors, a context makes children.</summary>
public interface IActorRefFactory
{
    /// <param name="name">Unique among the living children; one is made up where it is missing.</param>
    /// <exception cref="InvalidActorNameException">The name is malformed or taken.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    ActorSelection ActorSelection(ActorPath actorPath);

    /// <summary>Selects by an absolute path (<c>/user/a</c>, <c>akka://system/user/a</c>) or one from here (<c>../b/*</c>).</summary>
    ActorSelection ActorSelection(string actorPath);
}
