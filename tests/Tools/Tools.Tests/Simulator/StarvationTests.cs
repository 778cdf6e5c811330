namespace RaftActors.Simulator.Tests;

public sealed class StarvationTests
{
    // One for each length of pauses. .ci/long runs more.
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void A_starved_group_finds_a_leader_and_keeps_it(ulong first)
    {
        for (var seed = first; seed < first + 5; seed++)
        {
            StarvationTrial.Run(seed);
        }
    }

    [Fact]
    public void A_planted_bug_is_found_by_starvation()
    {
        var root = MutantCompiler.FindRoot();
        var bugs = Mutant.ReadAll(Path.Combine(root, "tests", "Tools", "Simulator", "mutants", "starvation"));
        var compiler = MutantCompiler.OfStarvation(root).With(bugs);

        Assert.All(bugs, bug => Assert.Equal("starvation", compiler.Run(bug, 1, 30)?.Checker));
    }
}
