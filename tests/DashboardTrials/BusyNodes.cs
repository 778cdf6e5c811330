using RaftActors.Dashboard.Tests;
using RaftActors.Hosting;

namespace DashboardTrials;

/// <summary>Three nodes with a counter and twelve shards, under a load that comes and goes.</summary>
internal sealed class BusyNodes : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly DashboardNode[] _nodes;
    private readonly RaftActors.RaftClient<int, int> _client;
    private readonly Task _load;

    private BusyNodes(DashboardNode[] nodes)
    {
        _nodes = nodes;
        _client = RaftActors.Raft.Get(nodes[0].System).CreateClient<int, int>("counter");
        _load = AppendAsync();
    }

    public static async Task<BusyNodes> StartAsync()
    {
        RaftActors.RaftShards shards = new("orders", 12);
        var ports = FreePorts.Take(3);
        DashboardNode[] nodes =
        [
            .. ports.Select(port => new DashboardNode(
                port, ports, akka => akka.WithRaftActor<Counter>("counter").WithRaftShards<ShardCounter>(shards))),
        ];
        await Task.WhenAll(nodes.Select(node => node.StartAsync()));
        return new BusyNodes(nodes);
    }

    /// <summary>The address of a node.</summary>
    public Uri this[int node] => _nodes[node].Http.BaseAddress!;

    public RaftActors.RaftStatus StatusOf(int node) => RaftActors.Raft.Get(_nodes[node].System).Processes
        .First(process => process.Group == "counter");

    /// <summary>A node that leads the counter.</summary>
    public int Leader => Enumerable.Range(0, 3).First(node => StatusOf(node).Role == RaftActors.RaftRole.Leader);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _load;
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
    }

    private async Task AppendAsync()
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 1 + (int)(3 * (1 + Math.Sin(i / 40.0)))).Select(_ => _client.AppendAsync("number", 1)));
            await Task.Delay(25);
        }
    }
}
