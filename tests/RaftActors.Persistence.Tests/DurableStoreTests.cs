using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;

using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Tests;

/// <summary>Durable keys of Distributed Data in the raft group. The nodes join no cluster, so none gets data of another.</summary>
public sealed class DurableStoreTests : IAsyncLifetime
{
    private static readonly GCounterKey Durable = new("d-total");

    private readonly TemporaryFolder _folder = new();
    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync(_systems);
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_node_has_its_durable_keys_after_all_nodes_have_stopped()
    {
        var ports = FreePorts.Take(3);
        await Task.WhenAll(ports.Select(async (port, i) =>
        {
            var system = Start(port, ports);
            await AddAsync(system, Durable, (ulong)i + 1);
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AddAsync(system, Durable, 1)));
            await AddAsync(system, new GCounterKey("volatile"), 5);
        }));
        await StopAsync(_systems);

        var systems = ports.Select(port => Start(port, ports)).ToList();

        var totals = await Task.WhenAll(systems.Select(system => ReadAsync(system, Durable)));
        Assert.Equal([11UL, 12UL, 13UL], totals);
        Assert.Equal(0UL, await ReadAsync(systems[0], new GCounterKey("volatile")));
        var (page, _) = await RaftPersistence.Get(systems[0]).Calls.AskAsync<byte[]>(new Question.Values("ddata/", "", int.MaxValue));
        Assert.Equal(3, ValuePage.Read(page).Count);
    }

    [Fact]
    public async Task Node_with_a_name_has_its_durable_keys_at_another_address()
    {
        var ports = FreePorts.Take(2);
        Start(ports[0], ports);
        await AddAsync(Start(ports[1], ports, "raft-persistence.durable-node = blue"), Durable, 7);
        await StopAsync(_systems);

        var blue = Start(ports[0], ports, "raft-persistence.durable-node = blue");
        var other = Start(ports[1], ports);

        Assert.Equal(7UL, await ReadAsync(blue, Durable));
        Assert.Equal(0UL, await ReadAsync(other, Durable));
    }

    [Fact]
    public async Task Value_above_the_size_is_refused_and_later_ones_are_stored()
    {
        var port = FreePorts.Next();
        var system = Start(port, [port], "raft-persistence.write-size-max = 2KiB");
        GSetKey<string> large = new("d-large");
        await AddAsync(system, Durable, 1);

        var refused = await DistributedData.Get(system).Replicator.Ask(
            Dsl.Update(large, GSet<string>.Empty, WriteLocal.Instance, set => set.Add(new string('x', 5000))), Guard);

        Assert.IsType<StoreFailure>(refused);
        await AddAsync(system, Durable, 1);
        await StopAsync(_systems);

        Assert.Equal(2UL, await ReadAsync(Start(port, [port]), Durable));
    }

    private static async Task AddAsync(ActorSystem system, GCounterKey key, ulong number)
    {
        var answer = await DistributedData.Get(system).Replicator.Ask(
            Dsl.Update(key, GCounter.Empty, WriteLocal.Instance, counter => counter.Increment(Cluster.Get(system), number)), Guard);
        Assert.IsType<UpdateSuccess>(answer);
    }

    private static async Task<ulong> ReadAsync(ActorSystem system, GCounterKey key)
    {
        var answer = await DistributedData.Get(system).Replicator.Ask<IGetResponse>(Dsl.Get(key, ReadLocal.Instance), Guard);
        return answer.IsFound ? answer.Get(key).Value : 0;
    }

    private ActorSystem Start(int port, int[] ports, string config = "")
    {
        var system = Node.Start(
            port,
            ports,
            _folder,
            $$"""
            akka.actor.provider = cluster
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.cluster.distributed-data.durable {
              keys = ["d-*"]
              store-actor-class = "RaftActors.Persistence.Durable.RaftDurableStore, RaftActors.Persistence"
            }
            raft.store.directory = "{{_folder[$"{port}-log"]}}"
            {{config}}
            """);
        _systems.Add(system);
        return system;
    }

    private static async Task StopAsync(List<ActorSystem> systems)
    {
        await Task.WhenAll(systems.Select(system => system.Terminate()));
        systems.Clear();
    }
}
