using Akka.Cluster;

namespace RaftActors.Tests.Groups;

/// <summary>
/// A node of a real cluster: an actor system of its own, on a port of its own, with one raft process. The first one is the seed.
/// </summary>
internal sealed class ClusterNode : TestNode
{
    /// <summary>
    /// Configuration for tests that start all four processes: the founding waits for all of them, so the three with the best logs vote.
    /// Without this, the first three that meet after <c>founding-timeout</c> vote, and which ones these are is up to the threads.
    /// </summary>
    public const string FoundsWithAll = "raft.founding-timeout = 1h";

    private const string Shared =
        $$"""
        {{RemoteNode.FewThreads}}
        akka {
          loglevel = ERROR
          log-dead-letters = off
          remote.dot-netty.tcp.hostname = "127.0.0.1"
          remote.use-passive-connections = off
          cluster {
            roles = [raft]
            seed-node-timeout = 300ms
            gossip-interval = 50ms
            leader-actions-interval = 50ms
          }
        }
        raft {
          discovery = cluster
          group = default
          roster = ["raft1@node1", "raft2@node2", "raft3@node3", "raft4@node4"]
          founding-timeout = 500ms
          discovery-interval = 100ms
        }
        """;

    private readonly IActorRef _actor;

    /// <param name="folder">Where the node's store is; none: in memory.</param>
    /// <param name="config">On top of what all nodes of the tests have.</param>
    public ClusterNode(NodesTest test, int number, int preloaded, ClusterNode? seed, string? folder = null, string config = "")
        : base(test, $"raft{number}", Create(number, folder, config))
    {
        var cluster = Cluster.Get(System);
        cluster.Join(seed?.Address ?? cluster.SelfAddress);
        var options = new RaftOptions<string> { Preload = Recorder.Pairs(preloaded) };
        _actor = System.ActorOf(Props.Create(() => new Recorder(Watcher, options)), $"raft{number}");
        Expect("started");
    }

    public Address Address => Cluster.Get(System).SelfAddress;

    public void Append(string key, string value, IActorRef replyTo) =>
        _actor.Tell(new Recorder.Append(key, value, TimeSpan.FromSeconds(20)), replyTo);

    /// <summary>Removes a process, or one incarnation of it.</summary>
    public void Leave(ProcessName name, Incarnation? incarnation, IActorRef replyTo) =>
        _actor.Tell(new Recorder.Leave(name, Incarnation: incarnation), replyTo);

    /// <summary>Waits for a message with this beginning, and skips those before it. Returns the rest of the message.</summary>
    public string ExpectStart(string start) =>
        Watcher.FishForMessage<string>(told => told.StartsWith(start), Guard, $"'{start}...'")[start.Length..];

    // The provider is set as Akka.Hosting does: not in the text.
    private static ActorSystem Create(int number, string? folder, string config)
    {
        var own = $"raft.node = node{number}\nakka.remote.dot-netty.tcp.port = {FreePorts.Next()}\n"
            + (folder is null ? "" : $"raft.store.directory = \"{Path.Combine(folder, $"{number}")}\"");
        return ActorSystem.Create("grouptest", BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString($"{config}\n{own}").WithFallback(Shared))
            .WithActorRefProvider(ProviderSelection.Cluster.Instance));
    }
}
