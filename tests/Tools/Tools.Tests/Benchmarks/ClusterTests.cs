namespace RaftActors.Benchmarks.Tests;

public sealed class ClusterTests : FolderTest
{
    [Fact]
    public async Task Cluster_prints_its_table_and_too_much_garbage_is_a_failure()
    {
        var (code, output, errors) = await BenchmarkHere.RunAsync(
            "cluster --store file --topology multi --clients 1 --warm-up 0.1 --seconds 0.2 --runs 1 --garbage-max 1 " +
            $"--directory {Folder.Path}");

        Assert.Equal(1, code);
        Assert.Contains(output, line => line.Contains("| file, multi, at the leader, 256 B, 1 clients, tcp |", StringComparison.Ordinal));
        Assert.Contains(errors, line => line.EndsWith("more than --garbage-max 1", StringComparison.Ordinal));
    }

    [Fact]
    public Task Open_loops_print_their_tables_in_place_of_that_of_the_closed_one() => BenchmarkHere.AssertPrintsAsync(
        "cluster --store file --topology single --at remote --clients 2 --load 50,70 --warm-up 0.1 --seconds 0.2 --runs 1 " +
        $"--directory {Folder.Path}",
        "| late p99 us |",
        "| file, single, remote, 256 B, 2 clients, tcp | 50 % |",
        "| waited for 1 sync % | 2 syncs % | more syncs % |",
        "| file, single, remote, 256 B, 2 clients, tcp | 70 % |");

    [Fact]
    public Task Clients_of_several_groups_append_at_their_leaders() => BenchmarkHere.AssertPrintsAsync(
        $"cluster --store file --topology single --voters 5 --groups 3 --payload 16 --clients 4 --warm-up 0.1 --seconds 0.1 --runs 1 " +
        $"--directory {Folder.Path}",
        "| file, single, at the leader, 16 B, 5 voters, 3 groups, 4 clients, tcp |");

    [Fact]
    public Task Clients_append_in_a_process_without_a_node() => BenchmarkHere.AssertPrintsAsync(
        $"cluster --store memory --topology single --at remote --transport tls --clients 1 --warm-up 0.1 --seconds 0.1 --runs 1 " +
        $"--directory {Folder.Path}",
        "| memory, single, remote, 256 B, 1 clients, tls |");
}
