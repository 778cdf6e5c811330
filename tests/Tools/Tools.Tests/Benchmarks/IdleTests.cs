namespace RaftActors.Benchmarks.Tests;

public sealed class IdleTests
{
    [Fact]
    public Task Idle_prints_the_share_of_a_core() =>
        BenchmarkHere.AssertPrintsAsync("idle --topology single --warm-up 0.1 --seconds 0.1", "heartbeats every 50 ms");
}
