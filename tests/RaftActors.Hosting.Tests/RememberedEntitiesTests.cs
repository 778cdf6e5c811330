using System.Collections.Concurrent;

using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RaftActors.Hosting.Tests;

/// <summary>Cluster Sharding whose coordinator and remembered entities are in raft groups, by the one line of the persistence.</summary>
public sealed class RememberedEntitiesTests : IDisposable
{
    // A node ends without leaving its cluster, as if it were killed.
    private const string Hocon =
        """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          coordinated-shutdown.run-by-actor-system-terminate = off
          cluster { seed-node-timeout = 500ms, sharding.retry-interval = 200ms }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Remembered_entities_start_by_themselves_after_all_nodes_have_stopped_at_once()
    {
        var ports = FreePorts.Take(3);
        string[] ids = ["alice", "bob", "carol", "dave", "erin"];
        Entities first = new(ids);
        var hosts = await StartAsync(ports, first);
        var region = hosts[0].Services.GetRequiredService<IRequiredActor<Entity>>().ActorRef;
        foreach (var id in ids)
        {
            // An entity is remembered before it gets its first message.
            Assert.Equal(id, await region.Ask<string>(id, Guard));
        }

        await first.All.Task.WaitAsync(Guard);
        await StopAsync(hosts);

        Entities second = new(ids);
        hosts = await StartAsync(ports, second);

        await second.All.Task.WaitAsync(Guard);
        await StopAsync(hosts);
    }

    [Fact]
    public async Task Settings_of_sharding_are_those_of_the_application_where_it_sets_them()
    {
        var port = FreePorts.Next();
        using var host = HostOf(port, [port], new Entities([]), akka => akka.AddHocon(
            """
            akka.cluster.sharding { state-store-mode = ddata, journal-plugin-id = "akka.persistence.journal.inmem" }
            """,
            HoconAddMode.Append));
        var system = host.Services.GetRequiredService<ActorSystem>();
        var sharding = system.Settings.Config.GetConfig("akka.cluster.sharding");

        Assert.Equal("ddata", sharding.GetString("state-store-mode"));
        Assert.Equal("akka.persistence.journal.inmem", sharding.GetString("journal-plugin-id"));
        Assert.Equal("eventsourced", sharding.GetString("remember-entities-store"));
        Assert.Equal("akka.persistence.snapshot-store.raft", sharding.GetString("snapshot-plugin-id"));
        await system.Terminate().WaitAsync(Guard);
    }

    private async Task<IHost[]> StartAsync(int[] ports, Entities entities)
    {
        var hosts = ports.Select(port => HostOf(port, ports, entities)).ToArray();
        await Task.WhenAll(hosts.Select(host => host.StartAsync())).WaitAsync(Guard);
        return hosts;
    }

    // The host does not stop, because it would run the coordinated shutdown, whose time limits end with the scheduler of the system.
    private static async Task StopAsync(IHost[] hosts)
    {
        await Task.WhenAll(hosts.Select(host => host.Services.GetRequiredService<ActorSystem>().Terminate())).WaitAsync(Guard);
        Array.ForEach(hosts, host => host.Dispose());
    }

    private IHost HostOf(int port, int[] ports, Entities entities, Action<AkkaConfigurationBuilder>? before = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(entities);
        builder.Services.AddAkka("shop", akka =>
        {
            before?.Invoke(akka);
            akka
                .AddHocon(Hocon, HoconAddMode.Prepend)
                .WithRemoting("127.0.0.1", port)
                .WithClustering(new ClusterOptions { SeedNodes = [.. ports.Select(each => $"akka.tcp://shop@127.0.0.1:{each}")] })
                .WithRaft(new RaftNodeOptions
                {
                    Nodes = [.. ports.Select(each => $"127.0.0.1:{each}")],
                    StoreDirectory = _folder[$"{port}"],
                    Hocon = $"{FastHocon.Text}raft.election-timeout {{ min = 300ms, max = 600ms }}",
                })
                .WithRaftPersistence()
                .WithShardRegion<Entity>(
                    "entity",
                    id => Props.Create(() => new Entity(id, entities)),
                    HashCodeMessageExtractor.Create(10, message => message as string),
                    new ShardOptions { RememberEntities = true });
        });
        return builder.Build();
    }

    /// <summary>Sees the starts of entities.</summary>
    private sealed class Entities(string[] expected)
    {
        private readonly ConcurrentDictionary<string, bool> _started = [];

        public TaskCompletionSource All { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Add(string id)
        {
            _started[id] = true;
            if (expected.All(_started.ContainsKey))
            {
                All.TrySetResult();
            }
        }
    }

    private sealed class Entity : ReceiveActor
    {
        public Entity(string id, Entities entities)
        {
            entities.Add(id);
            ReceiveAny(_ => Sender.Tell(id));
        }
    }
}
