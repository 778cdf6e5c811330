namespace RaftActors.Benchmarks.Tests;

public sealed class LargeStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Large_state_prints_its_table_and_keeps_the_heap_small() => BenchmarkProcess.AssertPrintsAsync(
        $"large-state --size 64 --seconds 0.1 --heap-max 60 --directory {_folder.Path}", "| sent and restored |");
}
