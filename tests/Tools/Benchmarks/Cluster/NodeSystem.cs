namespace RaftActors.Benchmarks.Cluster;

/// <summary>Creates the actor system of a node on the loopback address.</summary>
internal static class NodeSystem
{
    public const string Name = "benchmark";

    /// <summary>The time of an Append: its clients wait rather than fail while other programs disturb the machine.</summary>
    public static readonly Config Timeouts = ConfigurationFactory.ParseString("raft.append-timeout = 60s");

    /// <param name="settings">Settings that override the others, as HOCON.</param>
    /// <param name="port">The port of this node.</param>
    /// <param name="all">The ports of all nodes.</param>
    /// <param name="directory">The folder of the store; null: the store is in memory.</param>
    public static ActorSystem Create(string settings, string port, string[] all, string? directory) =>
        ActorSystem.Create(Name, ConfigurationFactory.ParseString(settings).WithFallback(ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = WARNING, stdout-loglevel = ERROR, log-dead-letters = off }
            akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
            raft {
              node = ":{{port}}", discovery = node-names
              group = default
              roster = [{{string.Join(", ", all.Select(other => $"\"raft@:{other}\""))}}]
              store.directory = "{{directory}}"
            }
            """)).WithFallback(Timeouts));
}
