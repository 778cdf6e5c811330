using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

namespace RaftActors.Hosting.Tests;

/// <summary>The applications of docs/singletons.md, each as three nodes. Its code and its configuration stand here.</summary>
public sealed class SingletonPageTests : IAsyncLifetime
{
    private const string Hocon =
        """
        akka {
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "10.0.0.1", port = 2551 }
          cluster {
            seed-nodes = ["akka.tcp://shop@10.0.0.1:2551"]
            roles = [raft]
          }
        }
        raft.nodes = ["10.0.0.1:2551", "10.0.0.2:2551", "10.0.0.3:2551"]
        """;

    private readonly Channel<long> _written = Channel.CreateUnbounded<long>();
    private readonly List<IHost> _hosts = [];
    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.StopAsync().WaitAsync(Guard);
            host.Dispose();
        }

        await Task.WhenAll(_systems.Select(system => system.Terminate())).WaitAsync(Guard);
    }

    [Fact]
    public async Task Singleton_of_the_application_with_Akka_Hosting_writes_under_a_higher_token_on_each_node()
    {
        var ports = FreePorts.Take(3);
        _hosts.AddRange(ports.Select(port => HostOf(port, ports)));
        await Task.WhenAll(_hosts.Select(host => host.StartAsync())).WaitAsync(Guard);
        var first = await WriteAsync(_hosts[2]);

        // The seed node is the oldest one, so the singleton runs there.
        await _hosts[0].StopAsync().WaitAsync(Guard);

        var second = await WriteAsync(_hosts[2]);
        Assert.True(second > first, $"{second} follows {first}");
    }

    [Fact]
    public async Task Singleton_of_the_application_with_HOCON_has_a_token()
    {
        var ports = FreePorts.Take(3);
        var hocon = ports.Index().Aggregate(Hocon, (text, each) => text.Replace($"10.0.0.{each.Index + 1}:2551", $"127.0.0.1:{each.Item}"));
        var tokens = Channel.CreateUnbounded<long?>();
        Action<long?> onStart = token => tokens.Writer.TryWrite(token);
        foreach (var port in ports)
        {
            var own = hocon.Replace("\"10.0.0.1\", port = 2551", $"127.0.0.1, port = {port}")
                + "\nakka { loglevel = OFF, stdout-loglevel = OFF }";
            var system = Start(own);
            _systems.Add(system);
            system.ActorOf(
                ClusterSingletonManager.Props(
                    Props.Create(() => new Teller(onStart)), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system)),
                "biller");
        }

        Assert.NotNull(await tokens.Reader.ReadAsync().AsTask().WaitAsync(Guard));
    }

    private static ActorSystem Start(string hocon)
    {
        var config = ConfigurationFactory.ParseString(hocon)
            .WithFallback(RaftCoordination.ClusterConfig())
            .WithFallback(RaftCoordination.DefaultConfig());
        var system = ActorSystem.Create("shop", config);
        RaftCoordination.Get(system);
        return system;
    }

    private async Task<long> WriteAsync(IHost host)
    {
        host.Services.GetRequiredService<IRequiredActor<Biller>>().ActorRef.Tell(new Bill());
        return await _written.Reader.ReadAsync().AsTask().WaitAsync(Guard);
    }

    private IHost HostOf(int port, int[] ports)
    {
        const string host = "127.0.0.1";
        string[] seedNodes = [$"akka.tcp://shop@127.0.0.1:{ports[0]}"];
        string[] nodes = [.. ports.Select(each => $"127.0.0.1:{each}")];
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(new Ledger(_written.Writer));
        builder.Services.AddAkka("shop", akka => akka
            .WithRemoting(host, port)
            .WithClustering(new ClusterOptions { SeedNodes = seedNodes })
            .WithRaft(new RaftNodeOptions { Nodes = nodes })
            .WithRaftDowning()
            .WithSingleton<Biller>("biller", (_, _, services) => services.Props<Biller>()));
        return builder.Build();
    }

    private sealed record Bill;

    private sealed class Ledger(ChannelWriter<long> written)
    {
        public Task WriteAsync(Bill bill, long token) => written.WriteAsync(token).AsTask();
    }

    private sealed class Biller : ReceiveActor
    {
        public Biller(Ledger ledger)
        {
            // Read once at the start: in a hand-over the lease is released before the singleton has stopped.
            var token = RaftCoordination.Get(Context.System).TokenOf(Context)
                ?? throw new InvalidOperationException("The singleton has no lease of raft. Set use-lease.");
            ReceiveAsync<Bill>(bill => ledger.WriteAsync(bill, token));
        }
    }

    private sealed class Teller : UntypedActor
    {
        public Teller(Action<long?> onStart) => onStart(RaftCoordination.Get(Context.System).TokenOf(Context));

        protected override void OnReceive(object message)
        {
        }
    }
}
