using System.Diagnostics;

namespace KeyValue.Tests;

/// <summary>The spans that nodes send to a collector.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task Write_is_one_trace_from_its_request_to_the_actors_of_two_nodes()
    {
        using SpanCollector collector = new();
        var nodes = new ThreeNodes { Options = collector.Options };
        await nodes.InitializeAsync();
        try
        {
            var trace = ActivityTraceId.CreateRandom();
            using HttpRequestMessage request = new(HttpMethod.Put, "/kv/traced") { Content = new StringContent("x") };
            request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
            (await nodes.Http[0].SendAsync(request)).EnsureSuccessStatusCode();

            using CancellationTokenSource guard = new(Guard);
            HashSet<string> names = [];
            HashSet<string> appliers = [];
            while (appliers.Count < 2 || !names.IsSupersetOf(["Microsoft.AspNetCore.Hosting.HttpRequestIn", "raft.append", "raft.propose"]))
            {
                var span = await collector.Spans.ReadAsync(guard.Token);
                if (span.Trace == trace.ToHexString())
                {
                    names.Add(span.Name);
                    appliers.UnionWith(span.Name == "raft.apply" ? [span.Attributes["raft.process"]] : []);
                }
            }
        }
        finally
        {
            await nodes.DisposeAsync();
        }
    }
}
