using Akka.Actor;

namespace RaftActors.Testing.Simulation;

/// <summary>The nodes of a simulation, as a condition sees them. To be used during the call of the condition only.</summary>
public sealed class SimulationView
{
    private readonly IReadOnlyList<HostedActor> _actors;

    internal SimulationView(IReadOnlyList<HostedActor> actors) => _actors = actors;

    /// <summary>The number of nodes.</summary>
    public int Nodes => _actors.Count;

    /// <summary>Whether a node is up. It may be paused.</summary>
    /// <param name="node">Its number, from 0.</param>
    public bool IsUp(int node) => _actors[node].Node.System is not null;

    /// <summary>The actor of a node, to look at its state. Null: the node is down, or its actor has not started.</summary>
    /// <typeparam name="T">The type of the actor.</typeparam>
    /// <param name="node">The number of the node, from 0.</param>
    public T? Actor<T>(int node)
        where T : ActorBase => IsUp(node) ? _actors[node].Latest as T : null;

    /// <summary>The actors of all nodes that are up, by the number of their node.</summary>
    /// <typeparam name="T">The type of the actors.</typeparam>
    public IEnumerable<T> Actors<T>()
        where T : ActorBase => Enumerable.Range(0, Nodes).Select(Actor<T>).OfType<T>();

    /// <summary>The status of the raft process of a node. Null: the node is down, or its store is not open.</summary>
    /// <param name="node">The number of the node, from 0.</param>
    public RaftStatus? Status(int node) => _actors[node].Status();
}
