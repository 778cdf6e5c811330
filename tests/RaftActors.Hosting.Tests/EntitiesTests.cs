namespace RaftActors.Hosting.Tests;

/// <summary>Entities of an application, by one line of Akka.Hosting's builder.</summary>
public sealed class EntitiesTests
{
    private static readonly RaftShards Shards = new("tally", 2);

    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Command_goes_to_the_entity_of_its_id_whose_constructor_services_fill()
    {
        await using var node = NewNode();
        await node.StartAsync();
        var client = node.Services.GetRequiredService<EntityClient<int, int>>();

        await client.SendAsync("a", 1);
        var second = await client.SendAsync("a", 2);
        var other = await client.SendAsync("b", 5);

        Assert.Equal((3, 5), (second.OrThrow().ResultOr(-1), other.OrThrow().ResultOr(-1)));
        Assert.Equal(3, (await client.AskAsync<int>("a")).Result);
    }

    [Fact]
    public async Task Entity_has_its_state_after_a_restart_of_its_node()
    {
        using TemporaryFolder folder = new();
        await using (var first = NewNode(folder.Path))
        {
            await first.StartAsync();
            var client = first.Services.GetRequiredService<EntityClient<int, int>>();
            for (var i = 0; i < 30; i++)
            {
                (await client.SendAsync($"id{i % 3}", 1)).OrThrow();
            }
        }

        await using var second = NewNode(folder.Path);
        await second.StartAsync();

        var restarted = second.Services.GetRequiredService<EntityClient<int, int>>();
        Assert.Equal(10, (await restarted.AskAsync<int>("id1", timeout: Guard)).Result);
    }

    private HostedNode NewNode(string? folder = null) => new(
        _port,
        [_port],
        akka => akka.WithRaftEntities<Tally, int>(Shards),
        services => services.AddRaftEntityClient<int, int>(Shards),
        ("RaftActors:StoreDirectory", folder),
        ("RaftActors:Hocon", $"{HostedNode.Hocon}\nraft.snapshot {{ after-entries = 4, retained-entries = 0 }}"));

    private sealed class Tally(Lives lives) : ReplicatedEntity<int, int, int>
    {
        protected override int NewState() => lives is null ? -1 : 0;

        protected override int HandleCommand(int command) => State += command;
    }
}
