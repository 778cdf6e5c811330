using System.CommandLine;

using Akka.Actor;
using Akka.Configuration;

namespace DiskTrials;

/// <summary>One node: a process of the operating system that takes commands from standard input.</summary>
internal static class TrialNode
{
    public const int Nodes = 3;

    /// <summary>The hidden command that runs a node.</summary>
    public static Command Command(Option<int> port)
    {
        var (number, valueSize) = (new Option<int>("--number"), new Option<int>("--value-size"));
        var (data, notes) = (new Option<string>("--data") { Required = true }, new Option<string>("--notes") { Required = true });
        var (run, sync) = (new Option<string>("--run") { Required = true }, new Option<string>("--sync") { Required = true });
        var node = new Command("node") { number, port, data, notes, run, valueSize, sync };
        node.Hidden = true;
        node.SetAction((parsed, _) => Run(
            parsed.GetValue(number), parsed.GetValue(port), parsed.GetValue(data)!, parsed.GetValue(notes)!, parsed.GetValue(run)!,
            parsed.GetValue(valueSize), parsed.GetValue(sync)!));
        return node;
    }

    private static async Task<int> Run(int number, int firstPort, string data, string notes, string run, int valueSize, string sync)
    {
        var config = ConfigurationFactory.ParseString(Hocon(number, firstPort, data, sync));
        using var system = ActorSystem.Create("disktrials", config);
        IActorRef actor;
        try
        {
            var props = Props.Create(() => new TrialActor($"raft{number}", $"n{number}.{run}", notes, valueSize));
            actor = system.ActorOf(props, $"raft{number}");
        }
        catch (Exception e)
        {
            Console.Out.WriteLine($"@failed {e.Message}");
            return 1;
        }

        Console.Out.WriteLine("@started");
        while (await Console.In.ReadLineAsync() is { } line and not "stop")
        {
            actor.Tell(line);
        }

        await system.Terminate();
        Console.Out.WriteLine("@stopped");
        return 0;
    }

    private static string Hocon(int number, int firstPort, string data, string sync)
    {
        var names = string.Join(", ", Enumerable.Range(1, Nodes).Select(one => $"\"raft{one}@node{one}\""));
        var seeds = string.Join(", ", Enumerable.Range(0, Nodes).Select(one => $"\"akka.tcp://disktrials@127.0.0.1:{firstPort + one}\""));
        return $$"""
            akka {
              loglevel = INFO
              log-dead-letters = off
              actor.provider = cluster
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{firstPort + number - 1}} }
              remote.use-passive-connections = off
              cluster {
                seed-nodes = [{{seeds}}]
                roles = ["raft"]
                seed-node-timeout = 300ms
                gossip-interval = 100ms
                leader-actions-interval = 100ms
              }
            }
            raft {
              node = "node{{number}}"
              roster = [{{names}}]
              election-timeout { min = 600ms, max = 1200ms }
              heartbeat-interval = 150ms
              append-timeout = 5s
              disk-stall-timeout = 1s
              log-memory-max = 64kB
              store {
                directory = "{{data}}"
                segment-size = 4MiB
                sync = {{sync}}
                free-space-floor = 1MiB
              }
            }
            """;
    }
}
