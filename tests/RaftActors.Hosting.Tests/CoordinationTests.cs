using Akka.Cluster.Hosting.SBR;

namespace RaftActors.Hosting.Tests;

/// <summary>An application of Akka.Cluster with a singleton, whose lease and split brain resolver are raft's.</summary>
public sealed class CoordinationTests : IAsyncLifetime
{
    private readonly Channel<IHost> _starts = Channel.CreateUnbounded<IHost>();
    private readonly List<IHost> _hosts = [];

    public async Task InitializeAsync()
    {
        var ports = FreePorts.Take(3);
        foreach (var port in ports)
        {
            _hosts.Add(HostOf(port, ports));
        }

        await Task.WhenAll(_hosts.Select(host => host.StartAsync())).WaitAsync(Guard);
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync().WaitAsync(Guard);
            host.Dispose();
        }
    }

    [Fact]
    public async Task Singleton_runs_on_one_node_and_moves_with_its_lease_when_the_node_stops()
    {
        var first = await NextStartAsync();
        Assert.False(_starts.Reader.TryRead(out _));

        await first.StopAsync().WaitAsync(Guard);

        Assert.NotSame(first, await NextStartAsync());
        Assert.False(_starts.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Service_locks_what_another_node_may_not_lock()
    {
        var (one, other) = (CoordinationOf(_hosts[0]), CoordinationOf(_hosts[1]));
        await using var held = await one.LockAsync("billing").WaitAsync(Guard);

        Assert.Null(await other.TryLockAsync("billing").WaitAsync(Guard));
    }

    [Fact]
    public void Configuration_names_the_lease()
    {
        var config = _hosts[0].Services.GetRequiredService<ActorSystem>().Settings.Config;

        Assert.Equal("lease-majority", config.GetString("akka.cluster.split-brain-resolver.active-strategy"));
        Assert.Equal(
            "akka.coordination.lease.raft", config.GetString("akka.cluster.split-brain-resolver.lease-majority.lease-implementation"));
        Assert.Contains("RaftLease", config.GetString("akka.coordination.lease.raft.lease-class"));
    }

    private static RaftCoordination CoordinationOf(IHost host) => host.Services.GetRequiredService<RaftCoordination>();

    private async Task<IHost> NextStartAsync() => await _starts.Reader.ReadAsync().AsTask().WaitAsync(Guard);

    private IHost HostOf(int port, int[] ports)
    {
        IHost? host = null;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRaftCoordination();
        builder.Services.AddAkka("shop", akka => akka
            .AddHocon("akka { loglevel = OFF, stdout-loglevel = OFF, cluster.seed-node-timeout = 300ms }", HoconAddMode.Prepend)
            .WithRemoting("127.0.0.1", port)
            .WithClustering(new ClusterOptions
            {
                SeedNodes = [$"akka.tcp://shop@127.0.0.1:{ports[0]}"],
                SplitBrainResolver = new LeaseMajorityOption { LeaseImplementation = new RaftLeaseOption() },
            })
            .WithRaft(new RaftNodeOptions { Nodes = [.. ports.Select(each => $"127.0.0.1:{each}")] })
            .WithRaftCoordination()
            .WithSingleton<Biller>(
                "biller",
                (_, _, _) => Props.Create(() => new Biller(() => _starts.Writer.TryWrite(host!))), // Justification: set below.
                new ClusterSingletonOptions { LeaseImplementation = new RaftLeaseOption() }));
        return host = builder.Build();
    }

    private sealed class Biller : UntypedActor
    {
        public Biller(Action onStart) => onStart();

        protected override void OnReceive(object message)
        {
        }
    }
}
