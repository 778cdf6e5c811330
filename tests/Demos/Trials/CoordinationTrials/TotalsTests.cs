using CoordinationTrials.Check;

namespace CoordinationTrials.Tests;

/// <summary>Adds results of rounds, also those of several runs.</summary>
public sealed class TotalsTests
{
    private static readonly RoundResult Kill =
        new("raft", 7, 1, "kill", "kill 3", [3], 0, 100, 2, [], 5, 4, [new("lock", 3000), new("entity", 7000)]);

    [Fact]
    public void Result_is_read_as_it_was_appended()
    {
        var file = Path.GetTempFileName();
        try
        {
            Kill.AppendTo(file);
            (Kill with { Round = 2 }).AppendTo(file);

            var read = RoundResult.Read(file).ToList();

            Assert.Equal([1, 2], read.Select(each => each.Round));
            Assert.Equal(Totals.Of([Kill]), Totals.Of(read[..1]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Each_fault_and_each_strategy_has_a_line()
    {
        var lines = Totals.Of([Kill, Kill with { Seed = 8 }, Kill with { Fault = "freeze" }, Kill with { Downing = "lease" }]).Split('\n');

        Assert.StartsWith("  lease kill: 1 rounds", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("  lease all: 1 rounds", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  raft freeze: 1 rounds", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("  raft kill: 2 rounds, 0 overlaps, 200 accepted, 4 refused, 2 nodes ended", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("  raft all: 3 rounds", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Percentiles_are_those_of_all_runs()
    {
        var results = Enumerable.Range(1, 100).Select(n => Kill with { Seed = n, Takeovers = [new("lock", n * 100)] });

        Assert.Contains("lock p50 5.0 p99 9.9 max 10.0 s (100)", Totals.Of(results), StringComparison.Ordinal);
    }

    [Fact]
    public void Round_that_ends_three_of_five_nodes_has_lost_the_majority()
    {
        var lost = Kill with { Ended = [1, 2, 4] };

        Assert.True(Totals.IsMajorityLost(lost));
        Assert.False(Totals.IsMajorityLost(Kill with { Ended = [1, 2] }));
        Assert.Contains("seed 7, round 1, kill (kill 3): the nodes 1, 2, 4 ended", Totals.Of([lost]), StringComparison.Ordinal);
    }
}
