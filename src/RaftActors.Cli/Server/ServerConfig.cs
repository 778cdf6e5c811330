using System.Globalization;

using Akka.Configuration;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Server;

/// <summary>What a server's actor system goes by.</summary>
internal static class ServerConfig
{
    // Heartbeats go out so often, so that three fit into the shortest election timeout that is usual.
    private const int HeartbeatMax = 50;
    private const int TickMilliseconds = 10;

    public static Config Of(ServerSettings settings)
    {
        var heartbeat = Math.Clamp(settings.ElectionTimeoutMin / 3 / TickMilliseconds * TickMilliseconds, TickMilliseconds, HeartbeatMax);
        var contacts = string.Join(", ", settings.Others.Select(server => Quoted(server.ToString())));
        return ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              loglevel = {{(settings.IsVerbose ? "INFO" : "WARNING")}}
              # The server's own log tells what goes wrong while the system starts and ends.
              stdout-loglevel = OFF
              log-dead-letters = off
              loggers = ["RaftActors.Cli.Server.AkkaLog, raft"]
              actor.provider = remote

              # An actor that fails ends the program, which says why: half a server is none.
              actor.guardian-supervisor-strategy = "Akka.Actor.StoppingSupervisorStrategy"
              # StopSignal decides when the program ends. With the hook a second signal would wait for the shutdown that it is to cut short.
              coordinated-shutdown.run-by-clr-shutdown-hook = off

              remote {
                # Links that are cut are noticed and made anew within seconds.
                transport-failure-detector {
                  heartbeat-interval = 1s
                  acceptable-heartbeat-pause = 3s
                }
                retry-gate-closed-for = 500ms
                flush-wait-on-shutdown = 500ms
                log-remote-lifecycle-events = {{(settings.IsVerbose ? "on" : "off")}}

                dot-netty.tcp {
                  hostname = {{Quoted(settings.Id.Hostname)}}
                  bind-hostname = {{Quoted(settings.Bind ?? "")}}
                  port = {{settings.Id.Port}}
                  # The handshake too. Akka.NET does not recover each link whose handshake one side gave up, so a busy machine gets time.
                  connection-timeout = 5s
                  maximum-frame-size = {{MessageLimits.FrameBytesMax}}b
                }
              }
            }

            raft {
              node = {{Quoted(settings.Id.ToString())}}
              discovery = node-names
              contacts = [{{contacts}}]
              tick-interval = {{TickMilliseconds}}ms
              heartbeat-interval = {{heartbeat}}ms
              election-timeout { min = {{settings.ElectionTimeoutMin}}ms, max = {{settings.ElectionTimeoutMax}}ms }

              # A message and its request id, whose letters have four octets at most.
              pair-size-max = {{MessageLimits.TextBytesMax + (4 * MessageLimits.IdLettersMax)}}b

              # A fourth of the usual: several servers on one small disk are common.
              store { directory = {{Quoted(settings.Data)}}, segment-size = 16MiB, free-space-floor = 64MiB }
            }
            """)).WithFallback(ProtocolSerializer.Registration);
    }

    /// <summary>Whether a system was made to tell more.</summary>
    public static bool IsVerbose(Config config) => config.GetString("akka.loglevel") == "INFO";

    private static string Quoted(string text) => $"\"{text.Replace("\\", @"\\").Replace("\"", "\\\"")}\"";
}
