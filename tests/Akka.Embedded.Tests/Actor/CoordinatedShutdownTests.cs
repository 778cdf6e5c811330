using Akka.Actor;
using Akka.Configuration;

namespace Akka.Embedded.Tests.Actor;

public sealed class CoordinatedShutdownTests() : ActorTest("akka.coordinated-shutdown.phases.cluster-leave.timeout = 1ms")
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task Terminate_runs_the_phases_in_their_order_and_then_ends_the_system()
    {
        var shutdown = CoordinatedShutdown.Get(System);
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", () => Log("leave"));
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "before", () => Log("before"));
        System.RegisterOnTermination(() => Log("ended"));

        await System.Terminate().WaitAsync(Patience);

        Assert.Equal(["before", "leave", "ended"], _log);
        Assert.Same(CoordinatedShutdown.ActorSystemTerminateReason.Instance, shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Run_from_a_phase_skips_the_earlier_phases()
    {
        var shutdown = CoordinatedShutdown.Get(System);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "stop", () => Log("stop"));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "cluster", () => Log("cluster"));

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance, CoordinatedShutdown.PhaseClusterLeave).WaitAsync(Patience);

        Assert.Equal(["cluster"], _log);
        Assert.True(System.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Second_run_returns_the_task_of_the_first_and_keeps_its_reason()
    {
        var shutdown = CoordinatedShutdown.Get(System);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "stop", () => Log("stop"));

        var first = shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        var second = shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);

        await Task.WhenAll(first, second).WaitAsync(Patience);
        Assert.Equal(["stop"], _log);
        Assert.Same(CoordinatedShutdown.ClusterLeavingReason.Instance, shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Task_that_fails_or_takes_too_long_does_not_hold_up_the_next_phase()
    {
        var shutdown = CoordinatedShutdown.Get(System);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "fails", () => throw new InvalidOperationException());
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "hangs", () => new TaskCompletionSource<Done>().Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "last", () => Log("last"));

        await System.Terminate().WaitAsync(Patience);

        Assert.Equal(["last"], _log);
    }

    [Fact]
    public void Task_for_an_unknown_phase_is_refused()
    {
        Assert.Throws<ConfigurationException>(() => CoordinatedShutdown.Get(System).AddTask("no-such-phase", "task", () => Log("never")));
    }

    private Task<Done> Log(string text)
    {
        _log.Add(text);
        return Task.FromResult(Done.Instance);
    }
}
