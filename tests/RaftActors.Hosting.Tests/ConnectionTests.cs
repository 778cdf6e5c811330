namespace RaftActors.Hosting.Tests;

/// <summary>An application without an actor system calls groups of a node.</summary>
public sealed class ConnectionTests
{
    private static readonly RaftShards Shards = new("tally", 2);

    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Application_without_an_actor_system_has_clients_of_all_kinds_and_locks()
    {
        await using HostedNode node = new(
            _port,
            [_port],
            akka => akka.WithRaftActor<Counter>("counter").WithRaftEntities<Tally, int>(Shards).WithRaftCoordination());
        await node.StartAsync();
        using var application = NewApplication();
        var services = application.Services;

        var count = await services.GetRequiredKeyedService<RaftClient<int, int>>("counter").AppendAsync("number", 5);
        var tally = await services.GetRequiredService<EntityClient<int, int>>().SendAsync("a", 7);
        await using var held = await services.GetRequiredService<RaftCoordination>().LockAsync("billing").WaitAsync(Guard);

        Assert.Equal((5, 7), (count.Result, tally.Result));
        Assert.Null(await RaftCoordination.Get(node.System).TryLockAsync("billing").WaitAsync(Guard));
        Assert.Null(services.GetService<ActorSystem>());
    }

    private IHost NewApplication()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddRaftConnection([$"127.0.0.1:{_port}"])
            .AddRaftClient<int, int>("counter")
            .AddRaftEntityClient<int, int>(Shards)
            .AddRaftCoordination();
        return builder.Build();
    }

    private sealed class Tally : ReplicatedEntity<int, int, int>
    {
        protected override int NewState() => 0;

        protected override int HandleCommand(int command) => State += command;
    }
}
