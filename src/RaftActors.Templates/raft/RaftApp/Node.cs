using Akka.Actor;
using Akka.Configuration;

namespace RaftApp;

/// <summary>One node of the group: an actor system with a counter.</summary>
public sealed record Node(ActorSystem System, IActorRef Counter)
{
    /// <summary>The ports of the nodes that found the group. Every node has the same list.</summary>
    public static IReadOnlyList<int> Group { get; } = [2551, 2552, 2553];

    /// <summary>Starts the node that listens on a port of this machine.</summary>
    public static Node Start(int port)
    {
        var roster = string.Join(", ", Group.Select(member => $"\"counter@127.0.0.1:{member}\""));
        var system = ActorSystem.Create("shop", ConfigurationFactory.ParseString($$"""
            akka.loglevel = WARNING
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
            raft {
              discovery = node-names
              node = "127.0.0.1:{{port}}"
              roster = [{{roster}}]
              store.directory = "data/{{port}}"
            }
            """));

        return new Node(system, system.ActorOf(Props.Create(() => new Counter()), "counter"));
    }
}
