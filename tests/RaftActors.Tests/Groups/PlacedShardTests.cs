namespace RaftActors.Tests.Groups;

/// <summary>Five nodes with eight shards, each on three of them.</summary>
public sealed class PlacedShardTests : NodesTest
{
    private static readonly RaftShards Shards = new("placed", 8) { Replicas = 3 };

    private readonly string[] _names = AddressNode.NewNames(5);
    private readonly List<AddressNode> _nodes = [];

    public PlacedShardTests()
    {
        var nodes = string.Join(", ", _names.Select(name => $"\"{name}\""));
        var config = $"raft {{ nodes = [{nodes}], founding-timeout = 1m, quorum.stable-after = 200ms }}";
        _nodes.AddRange(_names.Select(name => new AddressNode(this, name, config, StartShards)));
    }

    [Fact]
    public async Task Each_node_reaches_all_shards_also_those_of_other_nodes_and_after_the_loss_of_a_node()
    {
        var placed = _nodes.ConvertAll(node => Raft.Get(node.System).ShardsHere(Shards).ToList());
        Assert.Equal(3 * 8, placed.Sum(shards => shards.Count));
        await using var first = Raft.Get(_nodes[1].System).CreateClient<int, int>(Shards);
        await using var second = Raft.Get(_nodes[2].System).CreateClient<int, int>(Shards);
        foreach (var shard in Shards.All)
        {
            Assert.Equal(1, (await first[shard].AppendAsync("a", 1, Guard)).OrThrow().ResultOr(-1));
            Assert.Equal(11, (await second[shard].AppendAsync("a", 10, Guard)).OrThrow().ResultOr(-1));
        }

        var status = await first[Shards.All[0]].StatusAsync();
        Assert.Equal(3, status.Members.Length);
        _nodes[0].Stop();

        foreach (var shard in Shards.All)
        {
            Assert.Equal(111, (await first[shard].AppendAsync("a", 100, Guard)).OrThrow().ResultOr(-1));
        }
    }

    private static IActorRef StartShards(ActorSystem system)
    {
        foreach (var shard in Raft.Get(system).ShardsHere(Shards))
        {
            system.ActorOf(Props.Create(() => new Sum(shard)), shard.Group);
        }

        return ActorRefs.Nobody;
    }

    private sealed class Sum(RaftShard shard) : RaftActor<int, int>(new() { Shard = shard })
    {
        private int _sum;

        protected override int HandleAppend(Entry<int> entry) => _sum += entry.Value;
    }
}

/// <summary>A node whose configuration has other nodes for one shard.</summary>
public sealed class PlacedShardOfSectionTests : TestKit
{
    public PlacedShardOfSectionTests()
        : base(
            """
            raft {
              node = n1
              nodes = [n1, n2, n3]
              groups.placed-0.nodes = [n2, n3, n4]
            }
            """)
    {
    }

    [Fact]
    public void Roster_in_the_section_of_a_shard_decides_which_nodes_have_it()
    {
        RaftShards shards = new("placed", 2) { Replicas = 3 };

        Assert.Equal([shards.All[1]], Raft.Get(Sys).ShardsHere(shards));
    }
}

/// <summary>A node that the list of the nodes of shards leaves out.</summary>
public sealed class LeavingNodeTests : NodesTest
{
    [Fact]
    public async Task Node_that_leaves_starts_the_shards_whose_stores_it_has()
    {
        RaftShards shards = new("placed", 4) { Replicas = 3 };
        Write(shards.All[1]);
        Write(shards.All[3]);
        using var system = ActorSystem.Create("leaving", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            raft {
              node = n1
              nodes = [n1, n2, n3]
              shard-nodes = [n2, n3, n4]
              store { directory = "{{Folder.Path}}", segment-size = 1MiB }
            }
            """));
        var raft = RaftActors.Raft.Get(system);

        Assert.Equal([shards.All[1], shards.All[3]], raft.ShardsHere(shards));

        // The directory is closed again.
        Write(shards.All[0]);
        Assert.Equal([shards.All[0], shards.All[1], shards.All[3]], raft.ShardsHere(shards));
        await system.Terminate();
    }

    private void Write(RaftShard shard)
    {
        using var directory = StoreDirectory.Open(new StoreOptions { Directory = Folder.Path, SegmentSizeBytes = 1 << 20 });
        var owner = new StoreOwner(shard.Group, new ProcessName($"{shard.Group}@n1"));
        using var store = directory.StoreOf(owner);
        store.Open(owner, [], new SilentListener());
    }
}
