using System.Runtime.Versioning;

namespace RaftActors.Benchmarks.Tests;

public sealed class CompareTests : FolderTest
{
    private const string Cell = "memory, single, at the leader, 256 B, 1 clients, tcp";

    [Fact]
    [UnsupportedOSPlatform("windows")]
    [Trait("Needs", "Linux")]
    public async Task Program_of_the_user_is_measured_and_one_that_ends_fails_its_own_cells_alone()
    {
        File.WriteAllText(Folder["mine"], """
            #!/bin/sh
            echo leads
            while read -r word rest; do
              case $word in
                load) echo begin; echo end; echo load 100 50 1 2 3 4 0 ;;
                read) echo counters 0 0 0 0 ;;
              esac
            done
            """);
        File.SetUnixFileMode(Folder["mine"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var (code, output, errors) = await BenchmarkHere.RunAsync(
            $"compare --program mine={Folder["mine"]} --program gone=/bin/false --store memory --topology single --clients 1 "
            + "--warm-up 0.1 --seconds 0.1 --runs 1");

        Assert.Equal(1, code);
        Assert.Contains(output, line => line.StartsWith($"| mine: {Cell} | 50 / 50 / 50 |", StringComparison.Ordinal));
        Assert.Contains(errors, line => line.StartsWith($"{Cell}: Node 1 of 1 of gone did not write 'leads'", StringComparison.Ordinal));
        Assert.Contains($"gone: {Cell}: 1 of 1 runs failed", output);
    }

    [Fact]
    public Task Compare_measures_a_peer_by_an_open_loop_at_the_rate_of_its_own_closed_one() => BenchmarkHere.AssertPrintsAsync(
        $"compare --peer dotnext --store file --topology single --clients 1 --load 70 --warm-up 0.1 --seconds 0.1 --runs 1 " +
        $"--directory {Folder.Path}",
        "| dotNext 6.12.0 of 2026 (synced by the leader before the acknowledgement, by followers after it): " +
        "file, single, at the leader, 256 B, 1 clients, tcp | 70 % |");

    [Fact]
    public Task Compare_prints_the_peers_row_with_its_year_and_durability_and_the_ratios() => BenchmarkHere.AssertPrintsAsync(
        $"compare --peer dotnext --store file --topology single --clients 1 --warm-up 0.1 --seconds 0.1 --runs 1 " +
        $"--directory {Folder.Path}",
        "| dotNext 6.12.0 of 2026 (synced by the leader before the acknowledgement, by followers after it): " +
        "file, single, at the leader, 256 B, 1 clients, tcp |",
        "| file, single, at the leader, 256 B, 1 clients, tcp | dotNext 6.12.0 of 2026 |");
}
