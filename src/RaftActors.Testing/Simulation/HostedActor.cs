using Akka.Actor;

namespace RaftActors.Testing.Simulation;

/// <summary>The raft actor of a node.</summary>
internal sealed class HostedActor(SimulatedNode node)
{
    public SimulatedNode Node => node;

    /// <summary>Its latest instance; null: none was created since the node started.</summary>
    public ActorBase? Latest { get; set; }

    /// <summary>Null: the node is down, or the store is not open.</summary>
    public RaftStatus? Status() =>
        node.System is { } system && Raft.Get(system).Processes is [{ IsOpen: true } status] ? status : null;
}

/// <summary>Creates the instances of an actor.</summary>
internal sealed class ActorProducer(HostedActor hosted, Func<ActorBase> create) : IIndirectActorProducer
{
    public Type ActorType { get; } = typeof(ActorBase);

    public ActorBase Produce() => hosted.Latest = create();

    public void Release(ActorBase actor)
    {
    }
}
