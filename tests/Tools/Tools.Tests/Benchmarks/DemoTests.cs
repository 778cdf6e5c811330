namespace RaftActors.Benchmarks.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_prints_its_table()
    {
        using var ports = await DemoPortsClaim.TakeAsync();

        await BenchmarkHere.AssertPrintsAsync("demo --rounds 1", "| all four hold serials 1 to 5 | 1/1 |");
    }
}
