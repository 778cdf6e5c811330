using RaftActors.Cli.Plan;

namespace RaftActors.Cli.Tests.Plan;

/// <summary>Timeouts that suit disk and network.</summary>
public sealed class TimeoutAdviceTests
{
    [Fact]
    public void Defaults_suit_a_local_network() => Assert.Empty(TimeoutAdvice.ProblemsOf(new Workload()));

    // Ten times 200 ms and 20 ms is 2.2 s.
    [Fact]
    public void Far_members_need_longer_times()
    {
        var far = new Workload { RoundTrip = TimeSpan.FromMilliseconds(200), SyncMost = TimeSpan.FromMilliseconds(20) };

        var (heartbeat, min, max) = TimeoutAdvice.Suggest(far);

        Assert.Equal((250, 2200, 4400), (heartbeat.TotalMilliseconds, min.TotalMilliseconds, max.TotalMilliseconds));
        Assert.Contains(TimeoutAdvice.ProblemsOf(far), problem => problem.Contains("set 2.2s"));
        Assert.Empty(TimeoutAdvice.ProblemsOf(far with { ElectionMin = min, ElectionMax = max }));
    }

    [Fact]
    public void Heartbeat_is_above_the_round_trip()
    {
        var far = new Workload { RoundTrip = TimeSpan.FromMilliseconds(400) };

        Assert.Equal(TimeSpan.FromMilliseconds(500), TimeoutAdvice.Suggest(far).Heartbeat);
        Assert.Contains(TimeoutAdvice.ProblemsOf(far), problem => problem.Contains("raft.heartbeat-interval = 250ms is below"));
    }

    [Fact]
    public void Timeouts_that_raft_refuses_and_that_split_votes_are_named()
    {
        var close = new Workload { ElectionMin = TimeSpan.FromMilliseconds(500), ElectionMax = TimeSpan.FromMilliseconds(500) };

        Assert.Equal(2, TimeoutAdvice.ProblemsOf(close).Count());
        Assert.Contains("raft refuses it", TimeoutAdvice.ProblemsOf(close).First());
    }
}
