using RaftActors.Cli.Plan;

namespace RaftActors.Cli.Tests.Plan;

/// <summary>The time until a majority has an entry on disk.</summary>
public sealed class CommitTimeTests
{
    [Fact]
    public void Single_voter_waits_for_its_own_disk() => Near(0.002, new CommitTime(1, 0.002, 0.008, 0.1).Quantile(0.5));

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Disks_of_equal_pace_make_a_commit_one_round_trip_and_one_sync(int voters) =>
        Near(0.003, new CommitTime(voters, 0.002, 0.002, 0.001).Quantile(0.5));

    [Fact]
    public void Store_in_memory_costs_a_round_trip() => Near(0.001, new CommitTime(3, 0, 0, 0.001).Quantile(0.99));

    // The second of three disks decides, and each is faster than its median in half of all cases.
    [Fact]
    public void Near_voters_commit_with_the_median_of_a_disk() => Near(0.002, new CommitTime(3, 0.002, 0.008, 0).Quantile(0.5));

    // Two of three disks are late with 3pp - 2ppp, which is 0.01 for p = 0.0589. A disk is late so often after the 0.9411th quantile.
    [Fact]
    public void Slow_tail_of_one_disk_is_no_tail_of_the_group() =>
        Near(0.002 * Math.Exp(1.5642 * Math.Log(4) / 2.3263), new CommitTime(3, 0.002, 0.008, 0).Quantile(0.99));

    // The leader is done long before. Of two followers the faster one decides: both are late with pp, which is 0.5 for p = 0.7071.
    [Fact]
    public void Far_voters_commit_with_the_faster_follower() =>
        Near(0.1 + (0.002 * Math.Exp(-0.5451 * Math.Log(4) / 2.3263)), new CommitTime(3, 0.002, 0.008, 0.1).Quantile(0.5));

    // A log-normal mean is the median times exp(dd / 2), where d is the spread.
    [Fact]
    public void Mean_of_one_disk_is_that_of_its_distribution()
    {
        var spread = Math.Log(4) / 2.3263;

        Assert.Equal(0.002 * Math.Exp(spread * spread / 2), new CommitTime(1, 0.002, 0.008, 0).Mean(), 0.00002);
        Near(0.003, new CommitTime(3, 0.002, 0.002, 0.001).Mean());
    }

    [Fact]
    public void More_voters_have_a_shorter_tail() =>
        Assert.True(new CommitTime(5, 0.002, 0.008, 0).Quantile(0.99) < new CommitTime(3, 0.002, 0.008, 0).Quantile(0.99));

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected * 0.999, expected * 1.001);
}
