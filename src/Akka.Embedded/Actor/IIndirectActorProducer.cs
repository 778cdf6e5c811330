namespace Akka.Actor;

/// <summary>Makes the instances of an actor in place of its constructor, see <see cref="Props.CreateBy"/>.</summary>
public interface IIndirectActorProducer
{
    /// <summary>The type of the instances.</summary>
    Type ActorType { get; }

    /// <summary>Makes an instance: at the start and at each restart. Called on the actor's thread.</summary>
    ActorBase Produce();

    /// <summary>Takes back an instance that has stopped, or that a restart has replaced. Its last callback has returned.</summary>
    void Release(ActorBase actor);
}
