namespace RaftActors.Tests.Groups;

/// <summary>A node whose address is its name: an actor system without remoting, and one raft process.</summary>
internal sealed class AddressNode : TestNode
{
    private const string Shared =
        """
        akka {
          loglevel = ERROR
          log-dead-letters = off
        }
        raft {
          address = node
          discovery-interval = 100ms
          founding-timeout = 3s
          tick-interval = 20ms
          heartbeat-interval = 100ms
          election-timeout { min = 600ms, max = 1s }
          append-timeout = 3s
          transfer-timeout = 500ms
          snapshot { after-entries = 40, retained-entries = 20 }
          store.segment-size = 1MiB
          store.free-space-floor = 0b
          quorum.allow-fewer-than-three = on
        }
        """;

    private readonly IActorRef _actor;

    /// <param name="config">On top of what all nodes of the tests have.</param>
    /// <param name="start">Starts the raft actors of the node. Null: it has one, a <see cref="SnapshotRecorder"/>.</param>
    public AddressNode(NodesTest test, string node, string config, Func<ActorSystem, IActorRef>? start = null)
        : base(test, node, ActorSystem.Create(
            "named", ConfigurationFactory.ParseString($"raft.node = \"{node}\"\n{config}").WithFallback(Shared)))
    {
        Name = new ProcessName($"raft@{node}");
        _actor = start?.Invoke(System) ?? System.ActorOf(Props.Create(() => new SnapshotRecorder(Watcher, null)), Name.Process);
    }

    /// <summary>Names of nodes on which nothing listens.</summary>
    public static string[] NewNames(int count) => [.. Enumerable.Range(0, count).Select(_ => $"127.0.0.1:{FreePorts.Next()}")];

    public ProcessName Name { get; }

    public Task<object> Ask(object message) => _actor.Ask<object>(message, Guard);
}
