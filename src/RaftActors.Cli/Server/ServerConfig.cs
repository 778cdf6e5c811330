using Akka.Configuration;

using static RaftActors.Cli.Security.ConnectionSecurity;

namespace RaftActors.Cli.Server;

internal static class ServerConfig
{
    // Milliseconds, so that three heartbeats fit into the default minimum election timeout.
    private const int HeartbeatMax = 50;
    private const int TickMilliseconds = 10;

    public static Config Of(ServerSettings settings)
    {
        var heartbeat = Math.Clamp(settings.ElectionTimeoutMin / 3 / TickMilliseconds * TickMilliseconds, TickMilliseconds, HeartbeatMax);
        var contacts = string.Join(", ", settings.Others.Select(server => Quoted(server.ToString())));
        var plain = ConfigurationFactory.ParseString($$"""
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

              # Nothing is sent by the remoting, and no other machine reaches its port: the server's port is raft's.
              remote {
                dot-netty.tcp {
                  tcp-reuse-addr = off
                  hostname = "127.0.0.1"
                  port = 0
                  public-hostname = {{Quoted(settings.Id.Hostname)}}
                  public-port = {{settings.Id.Port}}
                }
              }
            }

            raft {
              node = {{Quoted(settings.Id.ToString())}}
              failure-domain = {{Quoted(settings.FailureDomain)}}
              joining = {{(settings.IsFounder ? "off" : "on")}}
              quorum.allow-fewer-than-three = on
              discovery = node-names
              transport-tcp { port-offset = 0, hostname = {{Quoted(settings.Bind ?? settings.Id.Hostname)}} }
              contacts = [{{contacts}}]
              tick-interval = {{TickMilliseconds}}ms
              heartbeat-interval = {{heartbeat}}ms
              election-timeout { min = {{settings.ElectionTimeoutMin}}ms, max = {{settings.ElectionTimeoutMax}}ms }

              pair-size-max = {{MessageLimits.PairBytesMax}}b

              # A quarter of the defaults: several servers often share one small disk.
              store {
                directory = {{Quoted(settings.Data)}}
                allow-shared-directory = {{(settings.AllowsSharedDirectory ? "on" : "off")}}
                segment-size = 16MiB
                free-space-floor = 64MiB
              }
            }
            """);
        return settings.Security.With(plain);
    }
}
