using System.Globalization;

using RaftActors.Testing.Simulation;

namespace KeyValue.Tests;

/// <summary>The actors of the demo in virtual time, under all faults.</summary>
public sealed class SimulatedKeyValueTests
{
    private const int Increments = 25;

    private const string Settings = "raft.snapshot { after-entries = 20, retained-entries = 5 }";

    /// <summary>RAFTACTORS_SEEDS is their number.</summary>
    public static IEnumerable<object[]> Seeds => RaftSimulation.Seeds(
        int.Parse(Environment.GetEnvironmentVariable("RAFTACTORS_SEEDS") ?? "3", CultureInfo.InvariantCulture));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Conditional_changes_lose_no_increment(long seed) => RaftSimulation.Run(seed, simulation =>
    {
        RaftShards shards = new("kv", 2);
        var (applied, found) = (0, 0);
        simulation
            .Nodes(3)
            .SetUp(raft => raft.UseJson(KeyValueJson.Default))
            .Shards(shards, shard => new KeyValueStore(shard))
            .Config(Settings)
            .Clients(3, async client =>
            {
                await using var items = Raft.Get(client.System).CreateClient<Change, Written>(shards);
                for (var number = 0; number < Increments; number++)
                {
                    if (await IncrementAsync(client, items, $"{number % 2}", $"{client.Number}/{number}"))
                    {
                        applied++;
                    }

                    await client.Delay(TimeSpan.FromMilliseconds(client.Next(500)));
                }

                found = Math.Max(found, ValueOf(await ReadAsync(items, "0")) + ValueOf(await ReadAsync(items, "1")));
            })
            .Eventually("each applied change is in the items, and no other", _ =>
            {
                Assert.Equal(applied, found);
                return applied > 0;
            });
    });

    // Reads the item and writes it with one more, as a client with If-Match does.
    private static async Task<bool> IncrementAsync(SimulatedClient client, RaftShardsClient<Change, Written> items, string key, string name)
    {
        var present = await ReadAsync(items, key);
        Change change = new([(byte)(ValueOf(present) + 1)], null, present?.Serial ?? Change.IfAbsent);
        while (true)
        {
            var timeout = TimeSpan.FromMilliseconds(100 + client.Next(1500));
            switch (await items.For(key).AppendAsync(key, change, timeout, requestKey: name))
            {
                case { HasResult: true, Result: var written }:
                    return written.IsApplied;
                case { Failure: null } done:
                    return (await items.For(key).QueryAsync(new WasApplied(done.Serial.Value))).Result == true;
            }
        }
    }

    private static async Task<Item?> ReadAsync(RaftShardsClient<Change, Written> items, string key)
    {
        while (true)
        {
            try
            {
                return (await items.For(key).QueryAsync(new GetItem(key))).Result;
            }
            catch (RaftException)
            {
                // The faults end before the program does.
            }
        }
    }

    private static int ValueOf(Item? item) => item?.Value[0] ?? 0;
}
