using Microsoft.AspNetCore.Builder;

using TrialKit;

namespace KeyValue.Tests;

/// <summary>Three nodes of the service in this process, each with a client of its HTTP port.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private readonly List<WebApplication> _nodes = [];

    /// <summary>The HTTP clients of the nodes.</summary>
    public List<HttpClient> Http { get; } = [];

    public async Task InitializeAsync()
    {
        var ports = FreePorts.Take(3);
        foreach (var port in ports)
        {
            var node = KeyValueService.Build([.. ArgumentsOf(port, ports), "--groups", "3"]);
            await node.StartAsync();
            _nodes.Add(node);
            Http.Add(new HttpClient { BaseAddress = new Uri(node.Urls.Single()) });
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    internal static string[] ArgumentsOf(int port, int[] roster) =>
    [
        "--urls", "http://127.0.0.1:0",
        "--RaftActors:Node", $"127.0.0.1:{port}",
        "--RaftActors:Hocon", "raft { append-timeout = 20s, query-timeout = 20s }",
        .. roster.SelectMany((each, place) => new[] { $"--RaftActors:Roster:{place}", $"kv@127.0.0.1:{each}" }),
    ];
}
