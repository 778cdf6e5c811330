using Akka.Hosting;

using RaftActors.Coordination;
using RaftActors.Dashboard.Tests;
using RaftActors.Hosting;

namespace DashboardTrials;

/// <summary>Three nodes with a counter, twelve shards and the coordination, under a load that comes and goes.</summary>
internal sealed class BusyNodes : IAsyncDisposable
{
    // Times that a machine with a browser on it keeps.
    private const string Hocon =
        """
        raft.groups.coordination { heartbeat-interval = 100ms, election-timeout { min = 3s, max = 5s } }
        raft-coordination.session-timeout = 60s
        """;

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
                port,
                ports,
                akka => akka
                    .AddHocon(Hocon, HoconAddMode.Prepend)
                    .WithRaftActor<Counter>("counter")
                    .WithRaftShards<ShardCounter>(shards)
                    .WithRaftCoordination())),
        ];
        await Task.WhenAll(nodes.Select(node => node.StartAsync()));
        BusyNodes busy = new(nodes);
        await busy.LockAsync();
        return busy;
    }

    /// <summary>The name of a lock that would do harm if it were markup or part of a path.</summary>
    public const string HostileLock = "<img src=x onerror=alert(1)>/../&'%2F";

    /// <summary>The address of a node.</summary>
    public Uri this[int node] => _nodes[node].Http.BaseAddress!;

    public RaftActors.RaftStatus StatusOf(int node) => RaftActors.Raft.Get(_nodes[node].System).Processes
        .First(process => process.Group == "counter");

    /// <summary>A node that leads the counter.</summary>
    public int Leader => Enumerable.Range(0, 3).First(node => StatusOf(node).Role == RaftActors.RaftRole.Leader);

    public Task<RaftLock> HoldHostileLockAsync() => RaftCoordination.Get(_nodes[2].System).LockAsync(HostileLock, text: HostileLock);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _load;
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
    }

    // Locks as an application has them: singletons, a lock that others wait for, a semaphore.
    private async Task LockAsync()
    {
        var all = _nodes.Select(node => RaftCoordination.Get(node.System)).ToArray();
        await all[0].LockAsync("shop-singleton-akka://shop/user/biller");
        await all[1].LockAsync("shop-singleton-akka://shop/user/importer");
        for (var i = 0; i < 5; i++)
        {
            await all[i % 3].LockAsync("report-workers", permits: 8, text: $"worker {i}");
        }

        await all[1].LockAsync("price-import", text: "run 4711");
        foreach (var (i, node) in all.Index())
        {
            _ = node.LockAsync("price-import", text: $"run {4712 + i}", cancellationToken: _stop.Token)
                .ContinueWith(_ => { }, TaskScheduler.Default);
        }
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
