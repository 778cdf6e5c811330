namespace RaftActors.Coordination.Tests;

/// <summary>The probe of leases, over a client of a group in memory.</summary>
public sealed class LeaseProbeTests
{
    [Fact]
    public async Task Probe_writes_once_for_each_session_and_a_question_of_the_health_writes_nothing()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new FakeClient
        {
            Delay = command =>
            {
                if (command is Command.Release)
                {
                    released.TrySetResult();
                }

                return Task.CompletedTask;
            },
        };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        var (probe, keeper) = Make(calls, TimeSpan.FromHours(1));
        await using var closing = keeper;
        var missing = Assert.Single(probe.Problems);
        Assert.Equal(ProblemSeverity.NotReady, missing.Severity);
        Assert.Contains("Start a majority of coordination@a, coordination@b", missing.Remedy);
        var running = probe.RunAsync();
        await released.Task.WaitAsync(Guard);

        for (var i = 0; i < 1000; i++)
        {
            Assert.DoesNotContain(probe.Problems, problem => problem.Severity == ProblemSeverity.Risk);
        }

        Assert.Empty(probe.Problems);
        Assert.Equal(3, client.Attempts);
        await keeper.DisposeAsync();
        await running.WaitAsync(Guard);
        Assert.Equal(ProblemSeverity.NotReady, Assert.Single(probe.Problems).Severity);
    }

    [Fact]
    public async Task Session_whose_renewals_get_no_answer_is_at_risk_before_it_is_lost_and_is_probed_again_afterwards()
    {
        var heals = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new FakeClient { Delay = command => command is Command.Renew ? heals.Task : Task.CompletedTask };
        await using var calls = new CoordinationCalls(client, TimeProvider.System);
        var (probe, keeper) = Make(calls, TimeSpan.FromSeconds(2));
        await using var closing = keeper;
        var running = probe.RunAsync();
        GroupProblem? risk = null;
        var session = await keeper.GetAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(Guard);
        while (risk is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
            risk = probe.Problems.FirstOrDefault(problem => problem.Severity == ProblemSeverity.Risk);
        }

        Assert.Contains("has not renewed this node's session for", risk.Cause);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Guard, session.Lost));
        heals.SetResult();
        while (!probe.Problems.IsEmpty)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }

        await keeper.DisposeAsync();
        await running.WaitAsync(Guard);
    }

    private static (LeaseProbe Probe, SessionKeeper Keeper) Make(CoordinationCalls calls, TimeSpan sessionTimeout)
    {
        var settings = new CoordinationSettings(
            "coordination", ["coordination@a", "coordination@b"], "coordination@a", sessionTimeout, sessionTimeout / 20, 0.05);
        var keeper = new SessionKeeper(calls, settings, "a", TimeProvider.System, NoLogger.Instance);
        var claims = new Claims(calls, keeper);
        return (new LeaseProbe(claims, keeper, settings, TimeSpan.FromSeconds(5), TimeProvider.System, NoLogger.Instance), keeper);
    }
}
