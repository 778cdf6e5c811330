using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Five hundred shards of three processes on fifty nodes, under faults for 20 s. A seed takes many minutes, so no seed has this workload
/// unless it is named.
/// </summary>
internal static class FiftyNodesWorkload
{
    private static readonly RaftShards Shards = new("tally", 500) { Replicas = 3 };

    private const string Settings =
        """
        raft {
          quiescence { enabled = on, after = 1s }
          client.attempt-timeout = 500ms
        }
        """;

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        List<(string Group, Outcome<int> Outcome)> told = [];
        simulation
            .Nodes(50)
            .Shards(Shards, shard => new Tally(shard))
            .Config(Settings)
            .For(TimeSpan.FromSeconds(20))
            .Clients(8, client => UseAsync(client, told))
            .Eventually("each shard has a leader", view => Shards.All.All(shard => Leaders(view, shard) == 1))
            .Eventually("what callers were told to be committed is counted", view => Shards.All.All(shard =>
                Enumerable.Range(0, view.Nodes).Select(node => view.Status(node, shard.Group)).OfType<RaftStatus>()
                    .Max(status => status.Committed.Value) >= told.Where(each => each.Group == shard.Group)
                    .Select(each => each.Outcome.Serial.Value).DefaultIfEmpty().Max()));
    }

    private static int Leaders(SimulationView view, RaftShard shard) => Enumerable.Range(0, view.Nodes)
        .Count(node => view.Status(node, shard.Group) is { Role: RaftRole.Leader });

    private static async Task UseAsync(SimulatedClient client, List<(string Group, Outcome<int> Outcome)> told)
    {
        await using var tallies = Raft.Get(client.System).CreateClient<int, int>(Shards);
        for (var count = 0; count < 40; count++)
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(1000)));
            var shard = Shards.All[client.Next(Shards.All.Count)];
            var outcome = await tallies[shard].AppendAsync("a", 1, TimeSpan.FromSeconds(5));
            if (outcome.Failure is null)
            {
                told.Add((shard.Group, outcome));
            }
        }
    }

    private sealed class Tally(RaftShard shard) : RaftActor<int, int>(new() { Shard = shard })
    {
        private int _sum;

        protected override int HandleAppend(Entry<int> entry) => _sum += entry.Value;
    }
}
