using System.Collections.Concurrent;

using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Examples;

/// <summary>A group of three nodes without remoting. Each node has a queue, and a task that reads it.</summary>
public sealed class QueueTransportTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, QueueTransport> _transports = new();
    private readonly List<ActorSystem> _systems = [];

    [Fact]
    public async Task Number_that_one_node_counts_is_counted_on_all()
    {
        var counters = new[] { "n1", "n2", "n3" }.Select(Start).ToArray();

        var first = await counters[0].Ask<Outcome<int>>(new Count(40), Guard);
        var second = await counters[2].Ask<Outcome<int>>(new Count(2), Guard);

        Assert.Equal(40, first.OrThrow().ResultOr(-1));
        Assert.Equal(42, second.OrThrow().ResultOr(-1));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
        {
            await system.Terminate();
        }
    }

    private IActorRef Start(string node)
    {
        var system = ActorSystem.Create("shop", ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = ERROR
            raft { transport = custom, node = {{node}}, roster = ["counter@n1", "counter@n2", "counter@n3"] }
            """));
        _systems.Add(system);
        var transport = new QueueTransport((to, bytes) => Task.Run(() => Post(to, node, bytes)));
        _transports[node] = transport;
        Raft.Get(system).UseTransport(transport);
        return system.ActorOf(Props.Create(() => new Counter()), "counter");
    }

    // A node that has not started yet has no queue: the message is lost, and raft sends another one.
    private void Post(string to, string from, byte[] bytes) => _transports.GetValueOrDefault(to)?.OnMessage(from, bytes);
}
