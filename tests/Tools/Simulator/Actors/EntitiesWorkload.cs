using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Programs add to sums that are entities of three shards, and read them. Of five nodes, each shard has three. Snapshots are streamed. The
/// commands of one more entity fail at times.
/// </summary>
internal static class EntitiesWorkload
{
    private static readonly RaftShards Everywhere = new("sums", 3);
    private static readonly RaftShards Placed = new("sums", 3) { Replicas = 3 };
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private const int Commands = 30;

    private const string Settings =
        """
        raft {
          snapshot { after-entries = 12, retained-entries = 4 }
          quiescence { enabled = on, after = 500ms }
          client.attempt-timeout = 100ms
        }
        """;

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        SumsCalls calls = new();
        SumEntityLedger ledger = new();
        var nodes = 3 + (int)(seed % 3);
        var shards = nodes == 5 ? Placed : Everywhere;
        simulation
            .Nodes(nodes)
            .Shards(shards, shard => new EntityShard<SumEntity, string>(shard, () => new SumEntity(ledger)))
            .Config(Settings)
            .Clients(4, client => client.Number == 0 ? FailAsync(client, shards) : UseAsync(client, shards, calls))
            .Eventually(
                "all nodes have all commands",
                view => shards.All.All(shard => HasAll(view, shard, Math.Min(nodes, shards.Replicas ?? nodes))))
            .Eventually("what callers were told to be committed is added", _ => calls.AreAdded(ledger.Added))
            .Eventually("callers were told the truth", _ =>
            {
                ledger.Check();
                calls.Check(ledger.Added, isOneLog: false);
                return true;
            });
    }

    private static bool HasAll(SimulationView view, RaftShard shard, int processes)
    {
        var all = Enumerable.Range(0, view.Nodes).Select(node => view.Status(node, shard.Group)).OfType<RaftStatus>().ToList();
        return all.Count == processes && all.TrueForAll(status => status.Delivered == all[0].Committed);
    }

    private static async Task UseAsync(SimulatedClient client, RaftShards shards, SumsCalls calls)
    {
        await using var entities = Raft.Get(client.System).CreateEntityClient<int, int>(shards);
        await new SumsCaller(
            client,
            calls,
            (name, amount, timeout, key) => entities.SendAsync(name, amount, timeout, key),
            async name => SumEntity.SumOf((await entities.AskAsync<string>(name)).Result)).RunAsync();
    }

    private static async Task FailAsync(SimulatedClient client, RaftShards shards)
    {
        await using var entities = Raft.Get(client.System).CreateEntityClient<int, int>(shards);
        for (var count = 0; count < Commands; count++)
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(1000)));

            // It fails, as it should.
            await entities.SendAsync(SumEntity.Poisoned, 1 + client.Next(9), Timeout);
        }
    }
}
