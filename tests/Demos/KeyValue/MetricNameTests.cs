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

        // The shared nodes have no disk, drop no message and have no problem. A group of one voter is always at risk.
        using TemporaryFolder store = new();
        int[] ports = [FreePorts.Next()];
        await using var alone = KeyValueService.Build(
            [.. ThreeNodes.ArgumentsOf(ports[0], ports), "--RaftActors:StoreDirectory", store.Path]);
        await alone.StartAsync();
        using HttpClient http = new() { BaseAddress = new Uri(alone.Urls.Single()) };
        using var stored = await http.PutAsync("/kv/stored", new StringContent("x"));
        listener.InstrumentPublished = (instrument, _) =>
            (instrument is Counter<long> { Name: "raft.transport.dropped" } dropped ? dropped : null)?.Add(1);
        listener.Start();
        using var put = await nodes.Http[0].PutAsync("/kv/named", new StringContent("x"));
        using var read = await nodes.Http[0].GetAsync("/kv/named");

        var files = string.Concat(Directory.GetFiles(Path.Combine(Programs.Root(), "docs/monitoring")).Select(File.ReadAllText));
        var exposed = (await Task.WhenAll(nodes.Http.Append(http).Select(each => each.GetStringAsync("/metrics")))).SelectMany(text =>
            Types().Matches(text).SelectMany(match => match.Groups[2].Value == "histogram"
                ? [$"{match.Groups[1].Value}_bucket"] : (string[])[match.Groups[1].Value]));
        var named = Names().Matches(files).Select(match => match.Value).Distinct().ToList();

        // Otherwise it would run on while its store is deleted, and could write it anew.
        await alone.StopAsync();

        Assert.True(named.Count > 15, $"Only {named.Count} metrics are named.");
        // The labels, and the metrics of an outbox, which no node of the demo has.
        string[] others = ["raft_group", "raft_process", "raft_directory", "raft_effects", "raft_effects_age_seconds"];
        Assert.Empty(named.Except(exposed).Except(others));
    }

    [GeneratedRegex(@"^# TYPE (\w+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Types();

    [GeneratedRegex(@"\braft_\w+")]
    private static partial Regex Names();
}
