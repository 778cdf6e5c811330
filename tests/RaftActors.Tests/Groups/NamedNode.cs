using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>
/// A node whose name is its address: an actor system of its own, with one raft process and no cluster.
/// </summary>
internal sealed class NamedNode
{
    private const string Shared =
        $$"""
        {{RemoteNode.FewThreads}}
        akka {
          loglevel = ERROR
          log-dead-letters = off
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", connection-timeout = 1s }
          remote.retry-gate-closed-for = 200ms
          remote.use-passive-connections = off
        }
        raft {
          group = default
          discovery = node-names
          discovery-interval = 100ms
          founding-timeout = 3s
          tick-interval = 20ms
          heartbeat-interval = 100ms
          election-timeout { min = 600ms, max = 1s }
          quorum { stable-after = 200ms, gone-after = 1m, allow-fewer-than-three = on }
        }
        """;

    // Longer than any step takes on a working machine.
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system;
    private readonly IActorRef _actor;

    /// <param name="config">On top of what all nodes of the tests have.</param>
    /// <param name="logic">The logic version of its program; null: its store cannot be opened, so its actor does not start.</param>
    /// <param name="behind">The port of the remoting, if others know the node by another one; 0: any free one.</param>
    public NamedNode(TestKitBase kit, ProcessName name, string config, int? behind = null, int? logic = 1)
    {
        Name = name;
        var port = behind is not null
            ? $"{{ port = {behind}, public-hostname = \"127.0.0.1\", public-port = {name.Node[1..]} }}"
            : $"{{ port = {name.Node[1..]} }}";
        var own = $"raft.node = \"{name.Node}\"\nakka.remote.dot-netty.tcp {port}";
        _system = ActorSystem.Create("named", ConfigurationFactory.ParseString($"{config}\n{own}").WithFallback(Shared));
        (Watcher, Events) = (kit.CreateTestProbe(), kit.CreateTestProbe());
        _system.EventStream.Subscribe(Events, typeof(RaftEvent));
        _system.EventStream.Subscribe(Watcher, typeof(RaftEvent.StartFailed));
        Logged = kit.CreateTestProbe();
        _system.EventStream.Subscribe(Logged, typeof(Info));
        Warned = kit.CreateTestProbe();
        _system.EventStream.Subscribe(Warned, typeof(Warning));
        RaftOptions<string> options = new() { LogicVersion = logic ?? 1 };
        _actor = _system.ActorOf(Props.Create(() => new Recorder(Watcher, options)), name.Process);
        if (logic is not null)
        {
            Expect("started");
        }
    }

    public ProcessName Name { get; }

    /// <summary>The messages of the process's actor; see <see cref="Recorder"/>.</summary>
    public TestProbe Watcher { get; }

    /// <summary>The events that the engine publishes.</summary>
    public TestProbe Events { get; }

    /// <summary>Log entries of the node, if <c>akka.loglevel</c> is INFO.</summary>
    public TestProbe Logged { get; }

    /// <summary>The warnings of the node, if <c>akka.loglevel</c> is INFO or WARNING.</summary>
    public TestProbe Warned { get; }

    public ActorSystem System => _system;

    public Address Address => ((ExtendedActorSystem)_system).Provider.DefaultAddress;

    /// <summary>The default of raft.transport-tcp.port-offset.</summary>
    public const int PortOffset = 1000;

    /// <summary>An address without a listener.</summary>
    public static ProcessName NewName() => new($"raft@:{FreePorts.Next()}");

    /// <summary>Registers an extension that injects defaults of its own, as sharding or persistence does when it is first used.</summary>
    public void InjectDefaults() => _system.RegisterExtension(new LateExtensionProvider());

    public void Tell(object message, IActorRef sender) => _actor.Tell(message, sender);

    /// <summary>Waits for this message, and skips those before it. A process that cannot start fails the test at once.</summary>
    public void Expect(string expected) => Watcher.FishForMessage<object>(
        told => told is RaftEvent.StartFailed failed
            ? throw new InvalidOperationException($"{Name} did not start: {failed.Cause}")
            : told.Equals(expected),
        Guard,
        $"{Name} to tell '{expected}'");

    /// <summary>Waits for such an event, and skips those before it.</summary>
    public TEvent ExpectEvent<TEvent>(Predicate<TEvent> isExpected)
        where TEvent : RaftEvent => Events.FishForMessage(isExpected, Guard, $"{Name} to publish a {typeof(TEvent).Name}");

    /// <summary>Waits until this node knows a leader and the members, and reaches all others. Returns the leader.</summary>
    public ProcessName ExpectWholeGroup(IEnumerable<ProcessName> names)
    {
        var missing = names.Where(name => name != Name).ToHashSet();
        var (leader, hasMembers) = ((ProcessName?)null, false);
        Events.FishForMessage<RaftEvent>(
            told =>
            {
                switch (told)
                {
                    case RaftEvent.LeaderChanged changed:
                        leader = changed.Leader;
                        break;
                    case RaftEvent.MembersChanged:
                        hasMembers = true;
                        break;
                    case RaftEvent.PeerChanged changed:
                        _ = changed.IsReachable ? missing.Remove(changed.Peer) : missing.Add(changed.Peer);
                        break;
                }

                return leader is not null && hasMembers && missing.Count == 0;
            },
            Guard,
            $"{Name} to reach its whole group");
        return leader!.Value; // Justification: the condition above.
    }

    /// <summary>Waits until this node sends messages of its engine to others by connections of raft's own.</summary>
    public void ExpectConnectionsTo(IEnumerable<NamedNode> others)
    {
        var missing = others.Select(other => $"Raft messages to {other.Address} go by a connection.").ToHashSet();
        Logged.FishForMessage<Info>(
            info => missing.Remove($"{info.Message}") && missing.Count == 0, Guard, $"{Name} to connect to the others");
    }

    /// <summary>Waits until this node has encrypted connections to others.</summary>
    public void ExpectEncryptedTo(IEnumerable<NamedNode> others)
    {
        var missing = others.Select(other => $"Raft messages to {other.Address} go by an encrypted connection.").ToHashSet();
        Logged.FishForMessage<Info>(
            info => missing.Remove($"{info.Message}") && missing.Count == 0, Guard, $"{Name} to connect to the others");
    }

    /// <summary>Waits until this node warns that it cannot connect to another one.</summary>
    public void ExpectNoConnectionTo(NamedNode other) =>
        Warned.FishForMessage<Warning>(
            warning => $"{warning.Message}" is var text
                && text.StartsWith($"Cannot connect to raft on {other.Address}: ", StringComparison.Ordinal)
                && text.Contains("set raft.transport-tcp.port-offset alike on all nodes"),
            Guard);

    /// <summary>Stops the actor system. A second call does nothing.</summary>
    public void Stop() => Assert.True(_system.Terminate().Wait(Guard), $"{Name} did not stop.");
}
