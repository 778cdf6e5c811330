namespace RaftActors.Benchmarks.Tests;

public sealed class ReadTests
{
    [Fact]
    public Task Read_prints_a_row_for_each_place() => BenchmarkHere.AssertPrintsAsync(
        "read --consistency lease --at follower,remote --clients 1 --warm-up 0.1 --seconds 0.1 --runs 1",
        "| lease, memory, single, at a follower, 1 clients, tcp |",
        "| lease, memory, single, remote, 1 clients, tcp |");
}
