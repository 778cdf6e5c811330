using Akka.Configuration;
using Akka.Dispatch;

namespace RaftActors.Testing.Simulation;

/// <summary>Runs the mailboxes of one node as turns of the world. Named in the configuration of the node.</summary>
internal sealed class SimulatedDispatcher : MessageDispatcher
{
    private readonly SimulatedNode _node;

    public SimulatedDispatcher(MessageDispatcherConfigurator configurator, SimulatedNode node)
        : base(configurator)
    {
        _node = node;
        Throughput = 1;
    }

    protected override void ExecuteTask(IRunnable run) => _node.Post(run.Run);

    protected override void Shutdown()
    {
    }
}

/// <summary>Made by Akka.NET.</summary>
internal sealed class SimulatedDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly SimulatedDispatcher _dispatcher;

    public SimulatedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _dispatcher = new SimulatedDispatcher(this, SimulatedNode.Of(prerequisites.Settings.Config));

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
