using Akka.Actor;

namespace RaftTrials.Clients;

/// <summary>The hidden command of a node with an actor of a user for each of its groups. SIGTERM ends it in order.</summary>
internal static class MemberCommand
{
    /// <summary>Before the serial and the balance of the purse on a node, in its answer.</summary>
    public const string BalancePrefix = "balance ";

    /// <summary>Asks a node for the bytes of its heap after a collection, and is before them in its answer.</summary>
    public const string Heap = "heap";

    // The same for all actors, so that one may take the place of another.
    private const string Name = "member";

    private static readonly Option<int> Port = new("--port") { Required = true };
    private static readonly Option<string> Ports = new("--ports") { Required = true };
    private static readonly Option<string> Data = new("--data") { Required = true };
    private static readonly Option<string[]> Groups = new("--groups") { AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> Joining = new("--joining");
    private static readonly Option<string> Program = new("--program") { DefaultValueFactory = _ => UserPrograms.Register };
    private static readonly Option<string> Hocon = new("--hocon") { DefaultValueFactory = _ => "" };

    public static Command Build()
    {
        var command = new Command("member") { Port, Ports, Data, Groups, Joining, Program, Hocon };
        command.Hidden = true;
        command.SetAction((parsed, _) => Run(
            parsed.GetValue(Port),
            parsed.GetValue(Ports)!.Split(','),
            parsed.GetValue(Data)!,
            parsed.GetValue(Groups) is { Length: > 0 } groups ? groups : ["default"],
            parsed.GetValue(Joining),
            parsed.GetValue(Program)!,
            ConfigurationFactory.ParseString(parsed.GetValue(Hocon)!)));
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

    private static async Task<int> Run(
        int port, string[] ports, string data, string[] groups, bool isJoining, string program, Config config)
    {
        var terminal = new ServerTerminal(TextWriter.Null, Console.Error, TimeProvider.System);
        using var stop = new StopSignal();
        var roster = string.Join(", ", ports.Select(each => $"\"{Name}@127.0.0.1:{each}\""));
        var system = ActorSystem.Create("trial", config.WithFallback(ConfigurationFactory.ParseString(
            $$"""
            raft {
              discovery = node-names
              node = "127.0.0.1:{{port}}"
              group = default
              roster = [{{roster}}]
              joining = {{(isJoining ? "on" : "off")}}
              contacts = [{{(isJoining ? string.Join(", ", ports.Select(each => $"\"127.0.0.1:{each}\"")) : "")}}]
              store { directory = "{{data}}", segment-size = 16MiB, free-space-floor = 64MiB }
              election-timeout { min = 300ms, max = 600ms }
              heartbeat-interval = 50ms
              tick-interval = 10ms
              lease.enabled = on
              snapshot.after-entries = 20
            }
            """)).WithFallback(Network(port)).WithFallback(Raft.DefaultConfig()));
        UserPrograms.Prepare(program, port);
        var actors = groups.Select(group => system.ActorOf(
            Props.CreateBy(new UserPrograms(program, new() { Group = group, Name = Name })), groups is [_] ? Name : $"{Name}-{group}"));
        if (actors.ToList() is [var only])
        {
            system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Reporter(terminal)), "reporter"), typeof(RaftEvent));
            _ = Task.Run(() => Obey(system, only, terminal));
        }

        await stop.Received;
        await system.Terminate();
        return 0;
    }

    // A line "SERIAL PATH" asks a register for its log up to that serial, "SERIAL" a purse on this node, and "heap" for the heap.
    private static async Task Obey(ActorSystem system, IActorRef actor, ServerTerminal terminal)
    {
        await using var client = Raft.Get(system).CreateClient<decimal, decimal>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == Heap)
            {
                terminal.Log($"{Heap} {Usage.LiveHeap()}");
            }
            else if (line.Split(' ', 2) is [var serial, var path])
            {
                actor.Tell(new WriteLog(long.Parse(serial), path, () => terminal.Log($"wrote {path}")), ActorRefs.NoSender);
            }
            else
            {
                var balance = await client.QueryAsync<decimal>(
                    "balance", Guards.Request, ReadConsistency.NotOlderThan(new Serial(long.Parse(line))));
                terminal.Log($"{BalancePrefix}{balance.Serial} {balance.Result}");
            }
        }
    }

    /// <summary>Logs leaders in the words of the raft program, which <see cref="Servers.ServerLines"/> reads.</summary>
    private sealed class Reporter : ReceiveActor
    {
        public Reporter(ServerTerminal terminal)
        {
            Receive<RaftEvent.RoleChanged>(
                changed => terminal.Log(changed.Detail),
                changed => changed.Role == RaftRole.Leader);
            Receive<RaftEvent.LeaderChanged>(
                changed => terminal.Log(changed.Detail),
                changed => changed.Leader is { } leader && leader != changed.Process);
            Receive<RaftEvent>(_ => { });
        }
    }
}
