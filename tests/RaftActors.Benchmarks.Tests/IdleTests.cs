namespace RaftActors.Benchmarks.Tests;

public sealed class IdleTests
{
    [Fact]
    public Task Idle_prints_the_share_of_a_core() =>
        BenchmarkProcess.AssertPrintsAsync("idle --warm-up 1 --seconds 1", "heartbeats every 50 ms");
}
