using System.Collections.Concurrent;
using System.Diagnostics;

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RaftActors.Hosting.Tests;

/// <summary>Metrics and traces, as OpenTelemetry exports them.</summary>
public sealed class TelemetryTests
{
    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Append_is_counted_and_is_one_trace_from_the_client_to_the_actor()
    {
        using Metrics metrics = new();
        using Spans spans = new();
        using var meters = Sdk.CreateMeterProviderBuilder()
            .AddMeter(Raft.TelemetryName)
            .AddReader(new BaseExportingMetricReader(metrics))
            .Build();
        using var tracer = Sdk.CreateTracerProviderBuilder().AddSource(Raft.TelemetryName).AddProcessor(spans).Build();
        var group = $"of-{_port}";
        await using (var node = new HostedNode(
            _port,
            [_port],
            null,
            services => services.AddRaftClient<int, int>(group),
            ("RaftActors:Hocon", $"{HostedNode.Hocon}\nraft.group = {group}")))
        {
            await node.StartAsync();
            (await node.Services.GetRequiredKeyedService<RaftClient<int, int>>(group).AppendAsync("number", 1)).OrThrow();
            meters.ForceFlush();
        }

        var own = spans.Ended.Where(span => group.Equals(span.GetTagItem("raft.group"))).ToList();
        var append = Assert.Single(own, span => span.OperationName == "raft.append");
        Assert.Contains(own, span => span.OperationName == "raft.apply" && span.TraceId == append.TraceId);
        Assert.Contains("raft.appends", metrics.Names);
    }

    private sealed class Spans : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Ended { get; } = [];

        public override void OnEnd(Activity data) => Ended.Enqueue(data);
    }

    private sealed class Metrics : BaseExporter<Metric>
    {
        public ConcurrentDictionary<string, bool> Seen { get; } = [];

        public ICollection<string> Names => Seen.Keys;

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                Seen[metric.Name] = true;
            }

            return ExportResult.Success;
        }
    }
}
