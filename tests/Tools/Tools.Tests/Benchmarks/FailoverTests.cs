namespace RaftActors.Benchmarks.Tests;

[Trait("Needs", "Linux")]
public sealed class FailoverTests : FolderTest
{
    [Fact]
    public Task Failover_prints_its_table() => BenchmarkHere.AssertPrintsAsync(
        $"failover --fault kill --rounds 1 --min 500 --max 1000 --directory {Folder.Path}", "| kill | first commit |");

    [Fact]
    public async Task Ctrl_C_ends_the_nodes_and_removes_their_stores()
    {
        using var program = BenchmarkProcess.Start($"failover --rounds 100 --min 500 --max 1000 --directory {Folder.Path}");
        await program.Line("the group has a leader", 1, BenchmarkProcess.WaitMax);

        program.Send(Signal.Interrupt);

        Assert.Equal(130, await program.Ended(BenchmarkProcess.WaitMax));
        Assert.Empty(Directory.GetDirectories(Folder.Path));
    }
}
