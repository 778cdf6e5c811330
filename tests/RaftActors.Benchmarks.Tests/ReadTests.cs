namespace RaftActors.Benchmarks.Tests;

public sealed class ReadTests
{
    [Fact]
    public Task Read_prints_its_table() => BenchmarkProcess.AssertPrintsAsync(
        "read --consistency lease --at follower --clients 1 --warm-up 1 --seconds 1 --runs 1",
        "lease, single, at a follower, 1 clients, tcp");
}
