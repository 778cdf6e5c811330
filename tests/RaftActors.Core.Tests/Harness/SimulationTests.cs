namespace RaftActors.Core.Tests.Harness;

public sealed class SimulationTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_group_under_faults_stays_safe_and_comes_together_when_they_end(int seed)
    {
        var simulation = new Simulation((ulong)seed);
        simulation.Run();
        Assert.True(simulation.Commits > 1);
    }

    [Fact]
    public void A_seed_run_twice_does_the_same_byte_for_byte()
    {
        foreach (var seed in Enumerable.Range(1, 20))
        {
            var (one, other) = (new Simulation((ulong)seed), new Simulation((ulong)seed));
            one.Run();
            other.Run();
            Assert.Equal(one.TraceHash, other.TraceHash);
        }
    }
}
