using System.Globalization;

using Akka.Configuration;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Server;

/// <summary>The configuration of a server's actor system.</summary>
internal static class ServerConfig
{
    // Milliseconds. Three heartbeats fit into the default minimum election timeout.
    private const int HeartbeatMax = 50;
    private const int TickMilliseconds = 10;

    public static Config Of(ServerSettings settings)
    {
        var heartbeat = Math.Clamp(settings.ElectionTimeoutMin / 3 / TickMilliseconds * TickMilliseconds, TickMilliseconds, HeartbeatMax);
        var contacts = string.Join(", ", settings.Others.Select(server => Quoted(server.ToString())));
        var plain = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              loglevel = {{(settings.IsVerbose ? "INFO" : "WARNING")}}
              # The server's own log reports failures while the system starts and stops.
              stdout-loglevel = OFF
              log-dead-letters = off
              loggers = ["RaftActors.Cli.Server.AkkaLog, raft"]
              actor.provider = remote

              # A failed actor ends the program with the reason. A server must not run without one of its actors.
              actor.guardian-supervisor-strategy = "Akka.Actor.StoppingSupervisorStrategy"
              # StopSignal ends the program. With this hook a second signal would wait for the shutdown instead of aborting it.
              coordinated-shutdown.run-by-clr-shutdown-hook = off

              remote {
                # A lost connection is detected and reopened within seconds.
                transport-failure-detector {
                  heartbeat-interval = 1s
                  acceptable-heartbeat-pause = 3s
                }
                retry-gate-closed-for = 500ms
                # Otherwise Akka.NET can lose all messages to a server that restarted quickly.
                use-passive-connections = off
                flush-wait-on-shutdown = 500ms
                log-remote-lifecycle-events = {{(settings.IsVerbose ? "on" : "off")}}

                dot-netty.tcp {
                  hostname = {{Quoted(settings.Id.Hostname)}}
                  bind-hostname = {{Quoted(settings.Bind ?? "")}}
                  port = {{settings.Id.Port}}
                  # Covers the handshake. Akka.NET does not always recover from a handshake that one side gave up: allow for a busy machine.
                  connection-timeout = 5s
                  maximum-frame-size = {{MessageLimits.FrameBytesMax}}b
                }
              }
            }

            raft {
              node = {{Quoted(settings.Id.ToString())}}
              failure-domain = {{Quoted(settings.FailureDomain)}}
              discovery = node-names
              contacts = [{{contacts}}]
              tick-interval = {{TickMilliseconds}}ms
              heartbeat-interval = {{heartbeat}}ms
              election-timeout { min = {{settings.ElectionTimeoutMin}}ms, max = {{settings.ElectionTimeoutMax}}ms }

              # A message and its request id, whose characters have at most four bytes each.
              pair-size-max = {{MessageLimits.TextBytesMax + (4 * MessageLimits.IdLettersMax)}}b

              # A quarter of the defaults: several servers often share one small disk.
              store {
                directory = {{Quoted(settings.Data)}}
                allow-shared-directory = {{(settings.AllowsSharedDirectory ? "on" : "off")}}
                segment-size = 16MiB
                free-space-floor = 64MiB
              }
            }
            """)).WithFallback(ProtocolSerializer.Registration);
        return settings.Security.IsOn ? Secure(settings).WithFallback(plain) : plain;
    }

    // The port of the server is raft's. The remoting has a port that no other machine reaches, and nothing is sent by it.
    private static Config Secure(ServerSettings settings) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {{settings.Security.ToHocon()}}
        raft.transport-tcp.hostname = {{Quoted(settings.Bind ?? settings.Id.Hostname)}}
        akka.remote.dot-netty.tcp {
          hostname = "127.0.0.1"
          bind-hostname = "127.0.0.1"
          port = 0
          public-hostname = {{Quoted(settings.Id.Hostname)}}
          public-port = {{settings.Id.Port}}
        }
        """));

    /// <summary>Whether the configuration was made with --verbose.</summary>
    public static bool IsVerbose(Config config) => config.GetString("akka.loglevel") == "INFO";

    private static string Quoted(string text) => $"\"{text.Replace("\\", @"\\").Replace("\"", "\\\"")}\"";
}
