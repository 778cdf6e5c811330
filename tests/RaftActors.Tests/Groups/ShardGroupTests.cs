namespace RaftActors.Tests.Groups;

/// <summary>Three nodes with six shards of entities.</summary>
public sealed class ShardGroupTests : NodesTest
{
    private static readonly RaftShards Shards = new("sums", 6);

    private readonly string[] _names = AddressNode.NewNames(3);
    private readonly List<AddressNode> _nodes = [];

    // As the events of one node tell them.
    private readonly Dictionary<string, string> _leaders = [];

    public ShardGroupTests()
    {
        var roster = string.Join(", ", _names.Select(name => $"\"sums@{name}\""));
        var config = $"raft {{ roster = [{roster}], founding-timeout = 1m, quorum.stable-after = 200ms }}";
        _nodes.AddRange(_names.Select(name => new AddressNode(this, name, config, StartShards)));
    }

    [Fact]
    public void Leaders_spread_evenly_over_the_nodes_and_those_of_a_lost_node_over_the_others()
    {
        ExpectLeaders(2, 2, 2);
        var before = _leaders.ToDictionary();

        _nodes[0].Stop();

        ExpectLeaders(0, 3, 3);
        Assert.All(before.Where(each => each.Value != _names[0]), each => Assert.Equal(each.Value, _leaders[each.Key]));
    }

    [Fact]
    public async Task Each_node_commands_and_reads_the_same_entities_also_after_the_loss_of_one()
    {
        ExpectLeaders(2, 2, 2);
        await using var first = Raft.Get(_nodes[1].System).CreateEntityClient<int, int>(Shards);
        await using var second = Raft.Get(_nodes[2].System).CreateEntityClient<int, int>(Shards);
        var ids = Shards.All.Select(IdIn).ToList();
        foreach (var id in ids)
        {
            Assert.Equal(1, (await first.SendAsync(id, 1, Guard)).OrThrow().ResultOr(-1));
            Assert.Equal(11, (await second.SendAsync(id, 10, Guard)).OrThrow().ResultOr(-1));
        }

        _nodes[0].Stop();

        foreach (var id in ids)
        {
            Assert.Equal(111, (await first.SendAsync(id, 100, Guard)).OrThrow().ResultOr(-1));
            Assert.Equal(111, (await second.AskAsync<int>(id, timeout: Guard)).Result);
        }
    }

    private static IActorRef StartShards(ActorSystem system)
    {
        foreach (var shard in Shards.All)
        {
            system.ActorOf(Props.Create(() => new EntityShard<Sum, int>(shard, () => new Sum(), null)), shard.Group);
        }

        return ActorRefs.Nobody;
    }

    private static string IdIn(RaftShard shard) =>
        Enumerable.Range(0, 1000).Select(number => $"id{number}").First(id => Shards.Of(id) == shard);

    // Of each node, as the second one hears it.
    private void ExpectLeaders(params int[] counts) => _nodes[1].ExpectEvent<RaftEvent>(told =>
    {
        if (told is RaftEvent.LeaderChanged { Leader: var leader } changed)
        {
            _leaders[changed.Group] = leader?.Node ?? "none";
        }

        return counts.SequenceEqual(_names.Select(name => _leaders.Values.Count(leader => leader == name)));
    });

    private sealed class Sum : ReplicatedEntity<int, int, int>
    {
        protected override int NewState() => 0;

        protected override int HandleCommand(int command) => State += command;
    }
}
