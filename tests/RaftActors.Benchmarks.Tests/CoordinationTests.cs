namespace RaftActors.Benchmarks.Tests;

/// <summary>A short run of the benchmark of locks.</summary>
public sealed class CoordinationTests
{
    [Fact]
    public Task Locks_are_measured_in_memory_and_on_disk() =>
        BenchmarkProcess.AssertPrintsAsync("coordination --rounds 20 --held 5 --seconds 1", "| memory | ", "| file | ");
}
