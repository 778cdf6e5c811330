namespace RaftActors.Tests.Groups;

/// <summary>The configuration of actor systems that call each other over real sockets.</summary>
internal static class RemoteNode
{
    /// <summary>
    /// The threads of Akka's remoting go on for 15 s after the end of an actor system, and wake up ten times a second. Hundreds of them
    /// slow down each garbage collection, so the systems of these tests have two instead of four.
    /// </summary>
    public const string FewThreads =
        """
        akka.remote.dot-netty.tcp { server-socket-worker-pool.pool-size-max = 1, client-socket-worker-pool.pool-size-max = 1 }
        """;

    /// <summary>
    /// For a system without a raft actor. It listens on a free port. Calls end late, because on a busy machine an Append took longer than
    /// the default timeout.
    /// </summary>
    public static readonly Config Network = ConfigurationFactory.ParseString(
        $$"""
        {{FewThreads}}
        akka {
          loglevel = ERROR
          log-dead-letters = off
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          remote.use-passive-connections = off
        }
        raft { append-timeout = 1m, get-timeout = 1m, query-timeout = 1m }
        """);

    /// <summary>For a system at this port of <see cref="FreePorts"/>, beside which it listens for raft.</summary>
    public static Config At(int port) => ConfigurationFactory.ParseString($"akka.remote.dot-netty.tcp.port = {port}").WithFallback(Network);

    /// <summary>The same, and its one raft process is the whole group.</summary>
    public static Config ConfigOf(string process, int port) => ConfigurationFactory.ParseString(
        $$"""
        raft { node = ":{{port}}", group = default, roster = ["{{process}}@:{{port}}"], quorum.allow-fewer-than-three = on }
        """).WithFallback(At(port));
}
