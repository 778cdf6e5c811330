using Akka.Actor;

namespace RaftActors.Examples;

/// <summary>Counts the visits of pages. Each group has a part of the pages.</summary>
public sealed class Visits(RaftShard shard) : RaftActor<int, int>(new() { Shard = shard })
{
    private readonly Dictionary<string, int> _visits = [];

    protected override int HandleAppend(Entry<int> entry) => _visits[entry.Key] = _visits.GetValueOrDefault(entry.Key) + entry.Value;
}

/// <summary>A node with all groups.</summary>
public static class VisitsNode
{
    /// <summary>Starts all groups, and counts one visit.</summary>
    public static async Task<Outcome<int>> CountAsync(ActorSystem system)
    {
        var shards = new RaftShards("visits", 16);
        foreach (var shard in shards.All)
        {
            system.ActorOf(Props.Create(() => new Visits(shard)), shard.Group);
        }

        await using var client = Raft.Get(system).CreateClient<int, int>(shards);
        var outcome = await client.For("/index.html").AppendAsync("/index.html", 1);
        return outcome;
    }

    /// <summary>Starts the groups of this node, if each has processes on four of many nodes.</summary>
    /// <param name="racks">The rack of each node.</param>
    public static void StartPlaced(ActorSystem system, IReadOnlyDictionary<string, string> racks)
    {
        var shards = new RaftShards("visits", 500) { Replicas = 4, DomainOf = node => racks[node] };
        foreach (var shard in Raft.Get(system).ShardsHere(shards))
        {
            system.ActorOf(Props.Create(() => new Visits(shard)), shard.Group);
        }
    }
}
