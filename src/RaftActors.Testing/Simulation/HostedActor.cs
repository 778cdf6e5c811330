using Akka.Actor;

using RaftActors.Engine;

namespace RaftActors.Testing.Simulation;

/// <summary>A raft actor of a node.</summary>
internal sealed class HostedActor(SimulatedNode node, string name, Func<ActorBase> create)
{
    private readonly ProcessName _process = new($"{name}@{node.Name}");

    // A process lives as long as its actor system. It is asked for before each step of time, so it is found once.
    private (ActorSystem? System, RaftProcess? Process) _found;

    public SimulatedNode Node => node;

    public string Name => name;

    /// <summary>Its latest instance, or null if none was created since the node started.</summary>
    public ActorBase? Latest { get; private set; }

    /// <summary>
    /// Null until its latest instance has started. Before, the instance waits for its store, and what it tells of its group needs the
    /// thread of the actor.
    /// </summary>
    public ActorBase? Started => Process?.Actor is { Results: not null } ? Latest : null;

    /// <summary>Null while the node is down or the store is not open.</summary>
    public RaftProcess? Process
    {
        get
        {
            if (node.System is not { } system)
            {
                return null;
            }

            if (_found.System != system || _found.Process is null)
            {
                _found = (system, Raft.Get(system).OpenProcesses.FirstOrDefault(process => process.Name == _process));
            }

            return _found.Process;
        }
    }

    /// <summary>Null while the node is down or the store is not open.</summary>
    public RaftStatus? Status => Process is { Status.IsOpen: true } process ? process.Describe(process.Delivered, actor: null) : null;

    /// <summary>Starts the actor. Called as a turn of its node.</summary>
    public void Start(ActorSystem system)
    {
        Latest = null;
        system.ActorOf(Props.CreateBy(new Producer(() => Latest = create())), name);
    }

    internal sealed class Producer(Func<ActorBase> create) : IIndirectActorProducer
    {
        public Type ActorType { get; } = typeof(ActorBase);

        public ActorBase Produce() => create();

        public void Release(ActorBase actor)
        {
        }
    }
}
