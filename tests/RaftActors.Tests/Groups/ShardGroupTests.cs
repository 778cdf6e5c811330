using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>Three nodes with six shards of entities. The network between them loses nothing.</summary>
public sealed class ShardGroupTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["n1", "n2", "n3"];
    private static readonly RaftShards Shards = new("sums", 6);

    private readonly BadNetwork _network = new(seed: 1);
    private readonly List<CustomNode> _nodes = [];

    // As the events of one node tell them.
    private readonly Dictionary<string, string> _leaders = [];

    public ShardGroupTests()
        : base("akka.loglevel = ERROR")
    {
        _network.Calm();
        var roster = string.Join(", ", Names.Select(name => $"\"sums@{name}\""));
        var config = $"raft {{ roster = [{roster}], founding-timeout = 1m, quorum.stable-after = 200ms }}";
        _nodes.AddRange(Names.Select(name => new CustomNode(this, name, _network.Join(name), config, StartShards)));
    }

    [Fact]
    public void Leaders_spread_evenly_over_the_nodes_and_those_of_a_lost_node_over_the_others()
    {
        ExpectLeaders(_nodes[1], n1: 2, n2: 2, n3: 2);
        var before = _leaders.ToDictionary();

        _nodes[0].Stop();

        ExpectLeaders(_nodes[1], n1: 0, n2: 3, n3: 3);
        Assert.All(before.Where(each => each.Value != "n1"), each => Assert.Equal(each.Value, _leaders[each.Key]));
    }

    [Fact]
    public async Task Each_node_commands_and_reads_the_same_entities_also_after_the_loss_of_one()
    {
        ExpectLeaders(_nodes[1], n1: 2, n2: 2, n3: 2);
        await using var first = Raft.Get(_nodes[1].System).CreateEntityClient(Shards);
        await using var second = Raft.Get(_nodes[2].System).CreateEntityClient(Shards);
        var ids = Shards.All.Select(IdIn).ToList();
        foreach (var id in ids)
        {
            Assert.Equal(1, (await first.SendAsync<int>(id, 1, Guard)).OrThrow().ResultOr(-1));
            Assert.Equal(11, (await second.SendAsync<int>(id, 10, Guard)).OrThrow().ResultOr(-1));
        }

        _nodes[0].Stop();

        foreach (var id in ids)
        {
            Assert.Equal(111, (await first.SendAsync<int>(id, 100, Guard)).OrThrow().ResultOr(-1));
            Assert.Equal(111, (await second.AskAsync<int>(id, timeout: Guard)).Result);
        }
    }

    protected override void AfterAll()
    {
        _nodes.ForEach(node => node.Stop());
        _network.Dispose();
        base.AfterAll();
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

    private void ExpectLeaders(CustomNode witness, int n1, int n2, int n3) => witness.ExpectEvent<RaftEvent>(told =>
    {
        if (told is RaftEvent.LeaderChanged { Leader: var leader } changed)
        {
            _leaders[changed.Group] = leader?.Node ?? "none";
        }

        return (n1, n2, n3) == (CountOf("n1"), CountOf("n2"), CountOf("n3"));
    });

    private int CountOf(string node) => _leaders.Values.Count(leader => leader == node);

    private sealed class Sum : ReplicatedEntity<int, int>
    {
        protected override int NewState() => 0;

        protected override object? HandleCommand(int command) => State += command;
    }
}
