using Akka.Actor;

namespace RaftActors.Persistence.Tests;

/// <summary>Persistent actors on one or more nodes.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.WhenAll(_systems.Select(system => system.Terminate()));

    [Fact]
    public async Task Actor_recovers_the_events_that_it_has_persisted()
    {
        var port = FreePorts.Next();
        var system = Start(port, [port]);
        var first = system.ActorOf(Props.Create(() => new Account("alice")));
        await first.Ask<Account.Saved>("a", Node.Guard);
        await first.Ask<Account.Saved>(new[] { "b", "c" }, Node.Guard);
        await first.GracefulStop(Node.Guard);

        var second = system.ActorOf(Props.Create(() => new Account("alice")));

        Assert.Equal(["a", "b", "c"], await second.Ask<string[]>(new Account.Read(), Node.Guard));
        Assert.Equal(4, (await second.Ask<Account.Saved>("d", Node.Guard)).SequenceNr);
    }

    private ActorSystem Start(int port, IReadOnlyList<int> ports, string config = "")
    {
        var system = Node.Start(port, ports, config);
        _systems.Add(system);
        return system;
    }
}
