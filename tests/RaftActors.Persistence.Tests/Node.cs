using Akka.Configuration;

namespace RaftActors.Persistence.Tests;

/// <summary>A node with the journal, and the nodes of its group.</summary>
internal static class Node
{
    /// <summary>Starts a node.</summary>
    /// <param name="ports">Those of all nodes.</param>
    /// <param name="folder">Of the files of all nodes.</param>
    /// <param name="config">On top of what all nodes have.</param>
    public static ActorSystem Start(int port, IReadOnlyList<int> ports, TemporaryFolder folder, string config = "")
    {
        var system = ActorSystem.Create("journal", ConfigurationFactory.ParseString(
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
            raft-persistence.directory = "{{folder[$"{port}"]}}"
            {{config}}
            """).WithFallback(RaftPersistence.DefaultConfig()));
        _ = RaftPersistence.Get(system);
        return system;
    }
}
