using Akka.Configuration;
using Akka.Dispatch;

namespace RaftActors.Testing.Simulation;

/// <summary>Runs the mailboxes of one node as turns of the world. Named in the configuration of the node.</summary>
internal sealed class SimulatedDispatcher : MessageDispatcher
{
    private readonly NodeLife _life;

    public SimulatedDispatcher(MessageDispatcherConfigurator configurator, NodeLife life)
        : base(configurator)
    {
        _life = life;
        Throughput = 1;
    }

    protected override void ExecuteTask(IRunnable run) => _life.Post(run.Run);

    protected override void Shutdown()
    {
    }
}

/// <summary>Made by Akka.NET.</summary>
internal sealed class SimulatedDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly SimulatedDispatcher _dispatcher;

    public SimulatedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _dispatcher = new SimulatedDispatcher(this, NodeLife.Of(prerequisites.Settings.Config));

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
