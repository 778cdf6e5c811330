using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace RaftActors.Tests.Groups;

/// <summary>
/// A node of a real cluster: an actor system of its own, on a port of its own, with one raft process. The first one is the seed.
/// </summary>
internal sealed class ClusterNode
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

    // Longer than any step takes on a working machine.
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system;
    private readonly IActorRef _actor;

    /// <param name="folder">Where the node's store is; none: in memory.</param>
    /// <param name="config">On top of what all nodes of the tests have.</param>
    public ClusterNode(TestKitBase kit, int number, int preloaded, ClusterNode? seed, string? folder = null, string config = "")
    {
        var own = $"raft.node = node{number}\nakka.remote.dot-netty.tcp.port = {FreePorts.Next()}\n"
            + (folder is null ? "" : $"raft.store.directory = \"{Path.Combine(folder, $"{number}")}\"");

        // The provider is set as Akka.Hosting does: not in the text.
        var bootstrap = BootstrapSetup.Create()
            .WithConfig(ConfigurationFactory.ParseString($"{config}\n{own}").WithFallback(Shared))
            .WithActorRefProvider(ProviderSelection.Cluster.Instance);
        _system = ActorSystem.Create("grouptest", bootstrap);
        var cluster = Cluster.Get(_system);
        cluster.Join(seed?.Address ?? cluster.SelfAddress);
        Name = $"raft{number}";
        (Watcher, Events, Warned) = (kit.CreateTestProbe(), kit.CreateTestProbe(), kit.CreateTestProbe());
        _system.EventStream.Subscribe(Events, typeof(RaftEvent));
        _system.EventStream.Subscribe(Warned, typeof(Warning));
        var options = new RaftOptions<string> { Preload = Recorder.Pairs(preloaded) };
        _actor = _system.ActorOf(Props.Create(() => new Recorder(Watcher, options)), Name);
        Expect("started");
    }

    public string Name { get; }

    /// <summary>The messages of the process's actor; see <see cref="Recorder"/>.</summary>
    public TestProbe Watcher { get; }

    /// <summary>The events that the engine publishes.</summary>
    public TestProbe Events { get; }

    /// <summary>The warnings of the node, if <c>akka.loglevel</c> is WARNING.</summary>
    public TestProbe Warned { get; }

    /// <summary>What its health check reads.</summary>
    public RaftStatus Status => Assert.Single(Raft.Get(_system).Processes);

    public Address Address => Cluster.Get(_system).SelfAddress;

    public void Append(string key, string value, IActorRef replyTo) =>
        _actor.Tell(new Recorder.Append(key, value, TimeSpan.FromSeconds(20)), replyTo);

    /// <summary>Removes a process, or one incarnation of it.</summary>
    public void Leave(ProcessName name, Incarnation? incarnation, IActorRef replyTo) =>
        _actor.Tell(new Recorder.Leave(name, Incarnation: incarnation), replyTo);

    /// <summary>Waits for this message, and skips those before it.</summary>
    public void Expect(string expected) =>
        Watcher.FishForMessage<string>(told => told == expected, Guard, $"{Name} to tell '{expected}'");

    /// <summary>Waits for such an event, and skips those before it.</summary>
    public TEvent ExpectEvent<TEvent>(Predicate<TEvent> isExpected)
        where TEvent : RaftEvent => Events.FishForMessage(isExpected, Guard, $"{Name} to publish a {typeof(TEvent).Name}");

    /// <summary>Waits for a message with this beginning, and skips those before it. Returns the rest of the message.</summary>
    public string ExpectStart(string start) =>
        Watcher.FishForMessage<string>(told => told.StartsWith(start), Guard, $"{Name} to tell '{start}...'")[start.Length..];

    /// <summary>Stops the actor system. A second call does nothing.</summary>
    public void Stop() => Assert.True(_system.Terminate().Wait(Guard), $"{Name} did not stop.");
}
