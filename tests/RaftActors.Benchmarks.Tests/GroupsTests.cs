namespace RaftActors.Benchmarks.Tests;

public sealed class GroupsTests
{
    [Fact]
    public Task Groups_prints_the_memory_of_each_number() =>
        BenchmarkProcess.AssertPrintsAsync("groups --groups 2,4 --settle 1 --seconds 1", "| 2 |", "| 4 |");
}
