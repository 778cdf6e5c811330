namespace RaftActors.Cli.Tests.Application;

/// <summary>A user's application with shards, in the test's process and with stores on disk. Dispose ends it.</summary>
internal sealed class ShardNodes : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("raft-shards-").FullName;
    private readonly int[] _ports;
    private readonly ActorSystem?[] _systems;

    public ShardNodes(int count)
    {
        _ports = FreePorts.Take(count);
        _systems = new ActorSystem[count];
    }

    public RaftShards Shards { get; } = new("visits", 8) { Replicas = 3 };

    /// <summary>The names of the nodes, which are their addresses. The first three are in the roster.</summary>
    public string[] Names => [.. _ports.Select(port => $"127.0.0.1:{port}")];

    public Raft this[int node] => Raft.Get(_systems[node]!); // Justification: the test has started the node.

    /// <summary>Starts a node, or starts it again.</summary>
    /// <param name="shardNodes">The nodes to move the shards to.</param>
    public void Start(int node, params IEnumerable<string> shardNodes)
    {
        Stop(node);
        var system = ActorSystem.Create("shop", ShopConfig.Of(
            _ports[node],
            $"""
            nodes = [{List(Names.Take(3))}]
            shard-nodes = [{List(shardNodes)}]
            founding-timeout = 1m
            quorum.stable-after = 200ms
            store.directory = "{_folder}/{node}"
            store.segment-size = 1MiB
            store.free-space-floor = 0b
            """));
        _systems[node] = system;
        foreach (var shard in Raft.Get(system).ShardsHere(Shards))
        {
            system.ActorOf(Props.Create(() => new Orders(new RaftOptions<string> { Shard = shard })), shard.Group);
        }
    }

    public void Stop(int node)
    {
        if (_systems[node] is { } system)
        {
            Assert.True(system.Terminate().Wait(Guard));
            _systems[node] = null;
        }
    }

    public void Dispose()
    {
        Task.WaitAll([.. _systems.OfType<ActorSystem>().Select(system => system.Terminate())], Guard);
        Directory.Delete(_folder, recursive: true);
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));
}
