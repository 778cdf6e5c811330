namespace RaftActors.Simulator.Tests;

public sealed class StarvationTests
{
    // .ci/run has one seed for each length of pauses, and .ci/long more.
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void A_starved_group_finds_a_leader_and_keeps_it(ulong first)
    {
        for (var seed = first; seed < first + (ulong)Share.Of(test: 3, ci: 5, whole: 5); seed++)
        {
            StarvationTrial.Run(seed);
        }
    }

    /// <param name="first">The first seed that finds it.</param>
    [Theory]
    [InlineData("a starved process is as impatient as any other", 16)]
    [InlineData("only long pauses count", 5)]
    public void A_planted_bug_is_found_by_starvation(string name, ulong first) =>
        Assert.Equal("starvation", BugsOfCore.Compiler.Run(BugsOfCore.Named(name), first, 30, StarvationTrial.Name)?.Checker);
}
