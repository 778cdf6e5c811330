namespace RaftActors.Benchmarks.Tests;

public sealed class LargeStateTests : FolderTest
{
    [Fact]
    public Task Large_state_prints_its_table_and_keeps_the_heap_small() => BenchmarkProcess.AssertPrintsAsync(
        $"large-state --size 64 --seconds 0.1 --heap-max 60 --directory {Folder.Path}", "| sent and restored |");
}
