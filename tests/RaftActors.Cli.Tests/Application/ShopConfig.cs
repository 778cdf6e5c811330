namespace RaftActors.Cli.Tests.Application;

/// <summary>The configuration that the nodes of a user's application have in all tests.</summary>
internal static class ShopConfig
{
    /// <param name="settings">More settings of <c>raft</c>.</param>
    /// <param name="remoting">Where the remoting listens; null: at the port.</param>
    public static Config Of(int port, string settings, string? remoting = null) => ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = OFF, stdout-loglevel = OFF, loggers = []
          actor.provider = remote
          remote.use-passive-connections = off
          remote.dot-netty.tcp { hostname = "127.0.0.1", {{remoting ?? $"port = {port}"}} }
        }
        raft {
          discovery = node-names
          discovery-interval = 100ms
          node = "127.0.0.1:{{port}}"
          tick-interval = 20ms
          heartbeat-interval = 100ms
          election-timeout { min = 2s, max = 4s }
          {{settings}}
        }
        """);
}
