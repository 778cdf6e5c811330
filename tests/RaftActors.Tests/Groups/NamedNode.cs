namespace RaftActors.Tests.Groups;

/// <summary>
/// A node whose name is its address: an actor system of its own, with one raft process and no cluster.
/// </summary>
internal sealed class NamedNode : TestNode
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

    private readonly IActorRef _actor;

    /// <param name="config">On top of what all nodes of the tests have.</param>
    /// <param name="logic">The logic version of its program; null: its store cannot be opened, so its actor does not start.</param>
    /// <param name="behind">The port of the remoting, if others know the node by another one; 0: any free one.</param>
    public NamedNode(NodesTest test, ProcessName name, string config, int? behind = null, int? logic = 1)
        : base(test, name.Value, Create(name, config, behind))
    {
        Name = name;
        Logged = test.CreateTestProbe();
        System.EventStream.Subscribe(Logged, typeof(Info));
        RaftOptions<string> options = new() { LogicVersion = logic ?? 1 };
        _actor = System.ActorOf(Props.Create(() => new Recorder(Watcher, options)), name.Process);
        if (logic is not null)
        {
            Expect("started");
        }
    }

    public ProcessName Name { get; }

    /// <summary>Log entries of the node, if <c>akka.loglevel</c> is INFO.</summary>
    public TestProbe Logged { get; }

    public Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    /// <summary>The default of raft.transport-tcp.port-offset.</summary>
    public const int PortOffset = 1000;

    /// <summary>An address without a listener.</summary>
    public static ProcessName NewName() => new($"raft@:{FreePorts.Next()}");

    /// <summary>Registers an extension that injects defaults of its own, as sharding or persistence does when it is first used.</summary>
    public void InjectDefaults() => System.RegisterExtension(new LateExtensionProvider());

    public void Tell(object message, IActorRef sender) => _actor.Tell(message, sender);

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

    /// <summary>Waits until this node sends messages of its engine to others by connections of raft's own, encrypted or not.</summary>
    public void ExpectConnectionsTo(IEnumerable<NamedNode> others, string kind = "a")
    {
        var missing = others.Select(other => $"Raft messages to {other.Address} go by {kind} connection.").ToHashSet();
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

    private static ActorSystem Create(ProcessName name, string config, int? behind)
    {
        var port = behind is not null
            ? $"{{ port = {behind}, public-hostname = \"127.0.0.1\", public-port = {name.Node[1..]} }}"
            : $"{{ port = {name.Node[1..]} }}";
        var own = $"raft.node = \"{name.Node}\"\nakka.remote.dot-netty.tcp {port}";
        return ActorSystem.Create("named", ConfigurationFactory.ParseString($"{config}\n{own}").WithFallback(Shared));
    }
}
