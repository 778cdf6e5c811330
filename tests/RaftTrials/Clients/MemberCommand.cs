using System.CommandLine;

using Akka.Actor;
using Akka.Configuration;

using RaftActors;
using RaftActors.Cli.Server;

namespace RaftTrials.Clients;

/// <summary>The hidden command of a node with a <see cref="Register"/> for each of its groups. SIGTERM ends it in order.</summary>
internal static class MemberCommand
{
    private static readonly Option<int> Port = new("--port") { Required = true };
    private static readonly Option<string> Ports = new("--ports") { Required = true };
    private static readonly Option<string> Data = new("--data") { Required = true };
    private static readonly Option<string[]> Groups = new("--groups") { AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> Joining = new("--joining");

    public static Command Build()
    {
        var command = new Command("member") { Port, Ports, Data, Groups, Joining };
        command.Hidden = true;
        command.SetAction((parsed, _) => Run(
            parsed.GetValue(Port),
            parsed.GetValue(Ports)!.Split(','),
            parsed.GetValue(Data)!,
            parsed.GetValue(Groups) is { Length: > 0 } groups ? groups : ["default"],
            parsed.GetValue(Joining)));
        return command;
    }

    /// <summary>The configuration of a node of the trial. The client's node has the port 0, and no raft actor.</summary>
    public static Config Network(int port) => ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = WARNING
          log-dead-letters = off
          # StopSignal ends the program in order.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          actor.provider = remote
          remote {
            retry-gate-closed-for = 200ms
            use-passive-connections = off
            dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
          }
        }
        """);

    private static async Task<int> Run(int port, string[] ports, string data, string[] groups, bool isJoining)
    {
        var terminal = new ServerTerminal(TextWriter.Null, Console.Error, TimeProvider.System);
        using var stop = new StopSignal();
        var roster = string.Join(", ", ports.Select(each => $"\"register@127.0.0.1:{each}\""));
        var system = ActorSystem.Create("trial", ConfigurationFactory.ParseString(
            $$"""
            raft {
              discovery = node-names
              node = "127.0.0.1:{{port}}"
              roster = [{{roster}}]
              joining = {{(isJoining ? "on" : "off")}}
              contacts = [{{(isJoining ? string.Join(", ", ports.Select(each => $"\"127.0.0.1:{each}\"")) : "")}}]
              store { directory = "{{data}}", segment-size = 16MiB, free-space-floor = 64MiB }
              election-timeout { min = 300ms, max = 600ms }
              heartbeat-interval = 50ms
              tick-interval = 10ms
              lease.enabled = on
            }
            """).WithFallback(Network(port)).WithFallback(Raft.DefaultConfig()));
        var registers = groups.Select(group =>
        {
            RaftOptions<string> options = new() { Group = group, Name = "register" };
            return system.ActorOf(Props.Create(() => new Register(options)), $"register-{group}");
        }).ToList();
        if (registers is [var only])
        {
            system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Reporter(terminal)), "reporter"), typeof(RaftEvent));
            _ = Task.Run(() => Obey(only, terminal));
        }

        await stop.Received;
        await system.Terminate();
        return 0;
    }

    // Each line is "SERIAL PATH": write the log up to that serial.
    private static void Obey(IActorRef register, ServerTerminal terminal)
    {
        while (Console.In.ReadLine()?.Split(' ', 2) is [var serial, var path])
        {
            register.Tell(new WriteLog(long.Parse(serial), path, () => terminal.Log($"wrote {path}")), ActorRefs.NoSender);
        }
    }

    /// <summary>Logs leaders in the words of the raft program, which <see cref="Servers.ServerLines"/> reads.</summary>
    private sealed class Reporter : ReceiveActor
    {
        public Reporter(ServerTerminal terminal)
        {
            Receive<RaftEvent.RoleChanged>(
                changed => terminal.Log($"elected leader in term {changed.Term} by {string.Join(' ', changed.Votes)}"),
                changed => changed.Role == RaftRole.Leader);
            Receive<RaftEvent.LeaderChanged>(
                changed => terminal.Log($"{changed.Leader} leads in term {changed.Term}"),
                changed => changed.Leader is { } leader && leader != changed.Process);
            Receive<RaftEvent>(_ => { });
        }
    }
}
