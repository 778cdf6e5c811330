namespace RaftActors.Benchmarks.Tests;

public sealed class DemoTests
{
    [Fact]
    public Task Demo_prints_its_table() =>
        BenchmarkHere.AssertPrintsAsync("demo --rounds 1", "| all four hold serials 1 to 5 | 1/1 |");
}
