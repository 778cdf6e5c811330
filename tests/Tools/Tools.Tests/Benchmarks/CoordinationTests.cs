namespace RaftActors.Benchmarks.Tests;

/// <summary>A short run of the benchmark of locks.</summary>
public sealed class CoordinationTests : FolderTest
{
    [Fact]
    public Task Locks_are_measured_in_memory_and_on_disk() => BenchmarkHere.AssertPrintsAsync(
        $"coordination --rounds 20 --held 5 --seconds 0.1 --directory {Folder.Path}", "| memory | ", "| file | ");
}
