using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace KeyValue.Tests;

/// <summary>The files in docs/monitoring name metrics as the exporter for Prometheus does.</summary>
[Collection(nameof(SharedNodes))]
public sealed partial class MetricNameTests(ThreeNodes nodes)
{
    [Fact]
    public async Task Each_metric_of_the_alerts_and_the_board_is_one_that_nodes_expose()
    {
        using MeterListener listener = new();

        // Healthy nodes drop no message and have no problem. This one has no majority.
        var ports = FreePorts.Take(3);
        await using var alone = KeyValueService.Build(ThreeNodes.ArgumentsOf(ports[0], ports));
        await alone.StartAsync();
        listener.InstrumentPublished = (instrument, _) =>
            (instrument is Counter<long> { Name: "raft.transport.dropped" } dropped ? dropped : null)?.Add(1);
        listener.Start();
        using var put = await nodes.Http[0].PutAsync("/kv/named", new StringContent("x"));
        using var read = await nodes.Http[0].GetAsync("/kv/named");

        var files = string.Concat(Directory.GetFiles(FolderOfFiles()).Select(File.ReadAllText));
        var exposed = (await Task.WhenAll(nodes.Http.Select(http => http.GetStringAsync("/metrics")))).SelectMany(text =>
            Types().Matches(text).SelectMany(match => match.Groups[2].Value == "histogram"
                ? [$"{match.Groups[1].Value}_bucket"] : (string[])[match.Groups[1].Value]));
        var named = Names().Matches(files).Select(match => match.Value).Distinct().ToList();

        Assert.True(named.Count > 15, $"Only {named.Count} metrics are named.");
        Assert.Empty(named.Except(exposed).Except(["raft_group", "raft_process", "raft_directory"]));
    }

    private static string FolderOfFiles()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RaftActors.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "docs/monitoring");
    }

    [GeneratedRegex(@"^# TYPE (\w+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Types();

    [GeneratedRegex(@"\braft_\w+")]
    private static partial Regex Names();
}
