using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Persistence.Tests;

/// <summary>A node with the journal, and the nodes of its group.</summary>
internal static class Node
{
    /// <summary>The longest wait for an answer of a group that may still have to elect its leader.</summary>
    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    /// <summary>The configuration of a node, whose persistent actors use the plugins by default.</summary>
    /// <param name="ports">Those of all nodes.</param>
    /// <param name="config">On top of what all nodes have.</param>
    public static Config Settings(int port, IReadOnlyList<int> ports, string config = "") => ConfigurationFactory.ParseString(
        $$"""
        {{FastHocon.Text}}
        akka {
          loglevel = OFF
          log-dead-letters = off
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
          persistence {
            publish-plugin-commands = on
            journal.plugin = "akka.persistence.journal.raft"
            snapshot-store.plugin = "akka.persistence.snapshot-store.raft"
          }
        }
        raft {
          nodes = [{{string.Join(", ", ports.Select(each => $"\"127.0.0.1:{each}\""))}}]
          discovery = node-names
          election-timeout { min = 300ms, max = 600ms }
        }
        raft-persistence.directory = "{{Path.Combine(Path.GetTempPath(), "raftactors-events", $"{port}")}}"
        """).WithFallback(RaftPersistence.DefaultConfig()) is var all && config.Length > 0
            ? ConfigurationFactory.ParseString(config).WithFallback(all)
            : all;

    /// <summary>Starts a node.</summary>
    public static ActorSystem Start(int port, IReadOnlyList<int> ports, string config = "")
    {
        var system = ActorSystem.Create("journal", Settings(port, ports, config));
        _ = RaftPersistence.Get(system);
        return system;
    }
}
