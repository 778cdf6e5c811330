namespace RaftActors.Benchmarks.Tests;

public sealed class CompareTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Compare_prints_the_peers_row_with_its_year_and_durability_and_the_ratios() => BenchmarkHere.AssertPrintsAsync(
        $"compare --peer dotnext --store file --topology single --clients 1 --warm-up 0.1 --seconds 0.1 --runs 1 " +
        $"--directory {_folder.Path}",
        "| dotNext 6.12.0 of 2026 (synced by the leader before the acknowledgement, by followers after it): " +
        "file, single, at the leader, 256 B, 1 clients, tcp |",
        "| file, single, at the leader, 256 B, 1 clients, tcp | dotNext 6.12.0 of 2026 |");
}
