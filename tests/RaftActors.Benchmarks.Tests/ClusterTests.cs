using TrialKit;

namespace RaftActors.Benchmarks.Tests;

public sealed class ClusterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cluster_prints_its_table_and_too_much_garbage_is_a_failure()
    {
        using var program = BenchmarkProcess.Start(
            "cluster --store file --topology multi --clients 1 --warm-up 1 --seconds 1 --runs 1 --garbage-max 1 " +
            $"--directory {_folder.Path}");

        Assert.Equal(1, await program.Ended(BenchmarkProcess.WaitMax));

        Assert.Contains(
            program.Lines(line => !line.IsError),
            line => line.Text.Contains("| file, multi, at the leader, 256 B, 1 clients, tcp |", StringComparison.Ordinal));
        Assert.Contains(
            program.Lines(line => line.IsError), line => line.Text.EndsWith("more than --garbage-max 1", StringComparison.Ordinal));
    }

    [Fact]
    public Task Clients_append_in_a_process_without_a_node() => BenchmarkProcess.AssertPrintsAsync(
        "cluster --store memory --topology multi --at remote --transport tls --clients 1 --warm-up 1 --seconds 1 --runs 1",
        "| memory, multi, remote, 256 B, 1 clients, tls |");
}
