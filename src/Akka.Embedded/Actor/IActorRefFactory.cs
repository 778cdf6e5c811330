namespace Akka.Actor;

/// <summary>Creates and finds actors. An actor system creates top-level actors, a context creates children.</summary>
public interface IActorRefFactory
{
    /// <param name="name">Unique among the living children. Null: a name is generated.</param>
    /// <exception cref="InvalidActorNameException">The name is malformed, or a living child has it.</exception>
    IActorRef ActorOf(Props props, string? name = null);

    ActorSelection ActorSelection(ActorPath actorPath);

    /// <summary>
    /// Selects actors by an absolute path (<c>/user/a</c>, <c>akka://system/user/a</c>) or a relative one (<c>../b/*</c>).
    /// </summary>
    ActorSelection ActorSelection(string actorPath);
}
