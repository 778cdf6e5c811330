using Akka.Actor;

namespace RaftActors.Testing.Simulation;

/// <summary>The nodes of a simulation, as a condition sees them. To be used during the call of the condition only.</summary>
public sealed class SimulationView
{
    private readonly IReadOnlyList<SimulatedNode> _nodes;
    private readonly ILookup<SimulatedNode, HostedActor> _actors;

    internal SimulationView(IReadOnlyList<SimulatedNode> nodes, IReadOnlyList<HostedActor> actors) =>
        (_nodes, _actors) = (nodes, actors.ToLookup(actor => actor.Node));

    /// <summary>The number of nodes.</summary>
    public int Nodes => _nodes.Count;

    /// <summary>Whether a node is up. It may be paused.</summary>
    /// <param name="node">Its number, from 0.</param>
    public bool IsUp(int node) => _nodes[node].System is not null;

    /// <summary>An actor of a node, to look at its state. Null if the node is down, or its actor has not started.</summary>
    /// <typeparam name="T">The type of the actor. The first one of this type is returned.</typeparam>
    /// <param name="node">The number of the node, from 0.</param>
    public T? Actor<T>(int node)
        where T : ActorBase => _actors[_nodes[node]].Select(actor => actor.Started).OfType<T>().FirstOrDefault();

    /// <summary>The actors of all nodes that are up, by the number of their node. Of each node the first one of the type.</summary>
    /// <typeparam name="T">The type of the actors.</typeparam>
    public IEnumerable<T> Actors<T>()
        where T : ActorBase => Enumerable.Range(0, Nodes).Select(Actor<T>).OfType<T>();

    /// <summary>The status of a raft process. Null if the node is down, or the store of the process is not open.</summary>
    /// <param name="node">The number of the node, from 0.</param>
    /// <param name="actor">The name of the actor. By default the first one of the node.</param>
    public RaftStatus? Status(int node, string? actor = null) =>
        _actors[_nodes[node]].FirstOrDefault(hosted => actor is null || hosted.Name == actor)?.Status;
}
