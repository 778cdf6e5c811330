using RaftActors.Simulator.Specification;

namespace RaftActors.Simulator.Tests;

/// <summary>The executable specification (docs/spec) checks Core: its traces are replayed on real Cores.</summary>
public sealed class SpecificationTests
{
    private static readonly string Traces = Path.Combine(AppContext.BaseDirectory, "traces.jsonl.gz");

    [Fact]
    public void Cores_have_the_state_of_the_specification_after_each_step()
    {
        using var file = File.OpenRead(Traces);
        var traces = SpecifiedStep.ReadTraces(file);

        Assert.True(traces.Count >= 100);
        Assert.All(traces, trace => Assert.Null(SpecificationReplay.FirstDifference(trace)));
    }

    [Theory]
    [InlineData("votes twice")]
    [InlineData("votes for a shorter log")]
    [InlineData("compares only the length of logs")]
    [InlineData("forgets its vote at a restart")]
    [InlineData("commits entries of older terms")]
    [InlineData("counts its own disk early")]
    [InlineData("sends before the vote is durable")]
    [InlineData("makes two changes at a time")]
    [InlineData("is elected by one set of a joint configuration")]
    [InlineData("answers before the disk")]
    [InlineData("truncates entries that do not conflict")]
    [InlineData("does not look for a retry among uncommitted entries")]
    public void A_planted_bug_of_Core_is_found(string name) =>
        Assert.NotNull(BugsOfCore.Compiler.Replay(BugsOfCore.Named(name), Traces));
}
