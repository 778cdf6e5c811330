using Akka.Actor;
using Akka.Configuration;

namespace Akka.Conformance.Tests.Actor;

public sealed class CoordinatedShutdownTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly List<string> _log = [];
    private readonly CoordinatedShutdown _shutdown;

    public CoordinatedShutdownTests() => _shutdown = CoordinatedShutdown.Get(Sys);

    [Fact]
    public async Task Phases_run_in_order_and_the_last_one_terminates_the_system()
    {
        AddTask(CoordinatedShutdown.PhaseClusterLeave);
        AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind);
        AddTask(CoordinatedShutdown.PhaseServiceStop);
        List<string> expected =
            [CoordinatedShutdown.PhaseBeforeServiceUnbind, CoordinatedShutdown.PhaseServiceStop, CoordinatedShutdown.PhaseClusterLeave];

        await _shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Guard);

        Assert.Equal(expected, _log);
        Assert.True(Sys.WhenTerminated.IsCompleted);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, _shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Terminate_runs_the_phases_with_its_own_reason()
    {
        AddTask(CoordinatedShutdown.PhaseServiceStop);

        await Sys.Terminate().WaitAsync(Guard);

        Assert.Equal([CoordinatedShutdown.PhaseServiceStop], _log);
        Assert.IsType<CoordinatedShutdown.ActorSystemTerminateReason>(_shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Run_from_a_phase_skips_the_earlier_ones()
    {
        AddTask(CoordinatedShutdown.PhaseServiceStop);
        AddTask(CoordinatedShutdown.PhaseClusterLeave);

        await _shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance, CoordinatedShutdown.PhaseClusterLeave)
            .WaitAsync(Guard);

        Assert.Equal([CoordinatedShutdown.PhaseClusterLeave], _log);
    }

    [Fact]
    public async Task Second_run_does_nothing_and_keeps_the_first_reason()
    {
        AddTask(CoordinatedShutdown.PhaseServiceStop);

        await _shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Guard);
        await _shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(Guard);

        Assert.Equal([CoordinatedShutdown.PhaseServiceStop], _log);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, _shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Task_may_add_a_task_to_a_later_phase()
    {
        _shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "adds", () =>
        {
            AddTask(CoordinatedShutdown.PhaseClusterLeave);
            return Task.FromResult(Done.Instance);
        });

        await _shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Guard);

        Assert.Equal([CoordinatedShutdown.PhaseClusterLeave], _log);
    }

    [Fact]
    public async Task Failed_task_does_not_hold_up_the_next_phase()
    {
        _shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceStop, "fails", () => Task.FromException<Done>(new InvalidOperationException("as told")));
        AddTask(CoordinatedShutdown.PhaseClusterLeave);

        await _shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Guard);

        Assert.Equal([CoordinatedShutdown.PhaseClusterLeave], _log);
    }

    [Fact]
    public async Task Task_that_takes_longer_than_its_phase_does_not_hold_up_the_next_one()
    {
        using var system = ActorSystem.Create(
            "hangs", $"akka.coordinated-shutdown.phases.{CoordinatedShutdown.PhaseServiceStop}.timeout = 10ms");
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "hangs", () => new TaskCompletionSource<Done>().Task);

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Guard);

        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Terminate_runs_no_phase_when_this_is_turned_off()
    {
        using var system = ActorSystem.Create("off", "akka.coordinated-shutdown.run-by-actor-system-terminate = off");
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "task", () =>
        {
            _log.Add("ran");
            return Task.FromResult(Done.Instance);
        });

        await system.Terminate().WaitAsync(Guard);

        Assert.Empty(_log);
    }

    [Fact]
    public void Timeout_of_a_phase_is_its_own_or_the_default()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), _shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop));
        Assert.Equal(TimeSpan.FromSeconds(10), _shutdown.Timeout(CoordinatedShutdown.PhaseClusterExiting));
    }

    [Fact]
    public void Task_for_an_unknown_phase_is_refused() =>
        Assert.Throws<ConfigurationException>(
            () => _shutdown.AddTask("no-such-phase", "task", () => Task.FromResult(Done.Instance)));

    private void AddTask(string phase) => _shutdown.AddTask(phase, $"log {phase}", () =>
    {
        _log.Add(phase);
        return Task.FromResult(Done.Instance);
    });
}
