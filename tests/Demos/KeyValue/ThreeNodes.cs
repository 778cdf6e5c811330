using Microsoft.AspNetCore.Builder;

namespace KeyValue.Tests;

/// <summary>Three nodes of the service in this process, each with a client of its HTTP port.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private readonly List<WebApplication> _nodes = [];
    private int _contact;

    /// <summary>Further options of all nodes.</summary>
    internal string[] Options { get; init; } = [];

    /// <summary>The HTTP clients of the nodes.</summary>
    public List<HttpClient> Http { get; } = [];

    public async Task InitializeAsync()
    {
        var ports = FreePorts.Take(3);
        _contact = ports[0];
        foreach (var port in ports)
        {
            await StartAsync([.. ArgumentsOf(port, ports)]);
        }
    }

    /// <summary>Starts one more node, which joins.</summary>
    /// <returns>Its address for other nodes.</returns>
    internal async Task<string> StartJoiningAsync()
    {
        var address = $"127.0.0.1:{FreePorts.Next()}";
        await StartAsync("--urls", "http://127.0.0.1:0", "--RaftActors:Node", address, "--RaftActors:Hocon", "raft.joining = on",
            "--RaftActors:Contacts:0", $"127.0.0.1:{_contact}");
        return address;
    }

    /// <summary>Stops a node as SIGTERM does.</summary>
    internal Task StopAsync(int node) => _nodes[node].StopAsync();

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
        .. roster.SelectMany((each, place) => new[] { $"--RaftActors:Nodes:{place}", $"127.0.0.1:{each}" }),
    ];

    private async Task StartAsync(params string[] arguments)
    {
        var node = KeyValueService.Build([.. arguments, "--groups", "3", .. Options]);
        await node.StartAsync();
        _nodes.Add(node);
        Http.Add(new HttpClient { BaseAddress = new Uri(node.Urls.Single()) });
    }
}
