using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Programs add to sums that are entities of three shards, and read them. Snapshots are streamed. The commands of one more entity fail at
/// times.
/// </summary>
internal static class EntitiesWorkload
{
    private static readonly RaftShards Shards = new("sums", 3);
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
        simulation
            .Nodes(3 + (int)(seed % 3))
            .Shards(Shards, shard => new EntityShard<SumEntity, string>(shard, () => new SumEntity(ledger)))
            .Config(Settings)
            .Clients(4, client => client.Number == 0 ? FailAsync(client) : UseAsync(client, calls))
            .Eventually("all nodes have all commands", view => Shards.All.All(shard => Enumerable.Range(0, view.Nodes)
                .Select(node => view.Status(node, shard.Group))
                .All(status => status is not null && status.Delivered == view.Status(0, shard.Group)!.Committed)))
            .Eventually("what callers were told to be committed is added", _ => calls.AreAdded(ledger.Added))
            .Eventually("callers were told the truth", _ =>
            {
                ledger.Check();
                calls.Check(ledger.Added, isOneLog: false);
                return true;
            });
    }

    private static async Task UseAsync(SimulatedClient client, SumsCalls calls)
    {
        await using var entities = Raft.Get(client.System).CreateEntityClient(Shards);
        await new SumsCaller(
            client,
            calls,
            (name, amount, timeout, key) => entities.SendAsync<int>(name, amount, timeout, key),
            async name => SumEntity.SumOf((await entities.AskAsync<string>(name)).Result)).RunAsync();
    }

    private static async Task FailAsync(SimulatedClient client)
    {
        await using var entities = Raft.Get(client.System).CreateEntityClient(Shards);
        for (var count = 0; count < Commands; count++)
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(1000)));

            // It fails, as it should.
            await entities.SendAsync<int>(SumEntity.Poisoned, 1 + client.Next(9), Timeout);
        }
    }
}
