namespace RaftActors.Hosting.Tests;

/// <summary>Several groups that divide keys, by one line of Akka.Hosting's builder.</summary>
public sealed class ShardsTests
{
    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Pair_goes_to_the_group_of_its_key()
    {
        var shards = new RaftShards("tally", 4);
        await using var node = new HostedNode(
            _port, [_port], akka => akka.WithRaftShards<Tally>(shards), services => services.AddRaftClient<int, string>(shards));
        await node.StartAsync();
        await using var client = node.Services.GetRequiredService<RaftShardsClient<int, string>>();

        foreach (var key in new[] { "a", "b", "c", "d", "e", "f" })
        {
            Assert.Equal(shards.Of(key).Group, (await client.For(key).AppendAsync(key, 1)).OrThrow().ResultOr(""));
        }

        Assert.Same(shards, node.Services.GetRequiredService<RaftShards>());
    }

    [Fact]
    public async Task Shard_of_others_is_refused()
    {
        var shards = new RaftShards("tally", 4);
        await using var node = new HostedNode(
            _port, [_port], akka => akka.WithRaftShards<Tally>(shards), services => services.AddRaftClient<int, string>(shards));
        await node.StartAsync();
        var client = node.Services.GetRequiredService<RaftShardsClient<int, string>>();

        Assert.Throws<ArgumentException>(() => client[new RaftShards("tally", 5).All[4]]);
        Assert.Throws<ArgumentException>(() => client[new RaftShards("other", 4).All[0]]);
    }

    [Fact]
    public async Task Shards_and_clients_are_keyed_by_the_name_of_the_shards_and_the_first_ones_need_no_key()
    {
        var (shards, others) = (new RaftShards("tally", 4), new RaftShards("others", 2));
        await using var node = new HostedNode(_port, [_port], akka => akka.WithRaftShards<Tally>(shards), services => services
            .AddRaftClient<int, string>(shards)
            .AddRaftClient<int, string>(others)
            .AddRaftEntityClient<int, int>(shards)
            .AddRaftEntityClient<int, int>(others));
        await node.StartAsync();
        var services = node.Services;

        Assert.Same(shards, services.GetRequiredService<RaftShards>());
        Assert.Same(others, services.GetRequiredKeyedService<RaftShards>("others"));
        Assert.Same(shards, services.GetRequiredService<RaftShardsClient<int, string>>().Shards);
        Assert.Same(others, services.GetRequiredKeyedService<RaftShardsClient<int, string>>("others").Shards);
        var first = services.GetRequiredService<EntityClient<int, int>>();
        Assert.Same(services.GetRequiredKeyedService<EntityClient<int, int>>("tally"), first);
        Assert.NotSame(services.GetRequiredKeyedService<EntityClient<int, int>>("others"), first);
    }

    /// <summary>Answers with the name of its group.</summary>
    private sealed class Tally(RaftShard shard) : RaftActor<int, string>(new() { Shard = shard })
    {
        protected override string HandleAppend(Entry<int> entry) => Group.Status.Group;
    }
}
