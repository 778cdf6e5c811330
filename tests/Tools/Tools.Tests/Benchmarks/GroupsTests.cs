namespace RaftActors.Benchmarks.Tests;

public sealed class GroupsTests : FolderTest
{
    [Fact]
    public Task Groups_prints_the_memory_of_each_number() => BenchmarkHere.AssertPrintsAsync(
        $"groups --groups 2,4 --settle 0.1 --seconds 0.1 --directory {Folder.Path}", "| 2 |", "| 4 |");
}
