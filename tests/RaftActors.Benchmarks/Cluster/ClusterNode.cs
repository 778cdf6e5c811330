using System.Globalization;

using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// A child process with one node of the cluster, or with all three. It reads commands from standard input, and ends with it:
/// <c>load CLIENTS PAYLOAD SECONDS</c> and <c>read</c>.
/// </summary>
internal sealed class ClusterNode
{
    public const string Verb = "cluster-node";

    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(3);

    private readonly List<ActorSystem> _systems = [];

    // The place of the leader among the nodes of this process. -1: it is in another process.
    private int _leader = -1;

    /// <param name="arguments">
    /// The ports of all nodes, those of this process, and the folder of the stores unless they are in memory.
    /// </param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (all, own) = (arguments[0].Split(','), arguments[1].Split(','));
        var node = new ClusterNode();
        foreach (var port in own)
        {
            node.Start(port, all, arguments.Length > 2 ? Path.Combine(arguments[2], port) : null);
        }

        // A load does not hold up the commands after it.
        var loads = new List<Task>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            loads.Add(node.DoAsync(line.Split(' ')));
        }

        await Task.WhenAll(loads);
        await Task.WhenAll(node._systems.Select(system => system.Terminate()));
        return 0;
    }

    private async Task DoAsync(string[] words)
    {
        switch (words)
        {
            case ["read"]:
                Console.WriteLine($"counters {NodeCounters.Now}");
                break;
            case ["load", var at, var clients, var payload, var seconds]:
                await LoadAsync(at, Number(clients), Number(payload), TimeSpan.FromSeconds(Number(seconds)));
                break;
        }
    }

    private async Task LoadAsync(string at, int clients, int payload, TimeSpan window)
    {
        var place = at == "leader" ? _leader : _systems.FindIndex(system => _systems.IndexOf(system) != _leader);
        await using var group = Raft.Get(_systems[place]).CreateClient<byte[], object?>();
        (await group.AppendAsync("barrier", [], TimeSpan.FromSeconds(30))).OrThrow();
        var load = await new ClosedLoop(group, clients, payload).RunAsync(
            Warming, window, isBegin => Console.WriteLine(isBegin ? "begin" : "end"));
        var latencies = string.Join(' ', load.Latencies.Select(one => one.ToString("R", CultureInfo.InvariantCulture)));
        Console.WriteLine(FormattableString.Invariant($"load {load.Operations} {load.OperationsPerSecond:R} {latencies} {load.Failed}"));
    }

    private void Start(string port, string[] all, string? directory)
    {
        var place = _systems.Count;
        var system = ActorSystem.Create("benchmark", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = WARNING, stdout-loglevel = ERROR, log-dead-letters = off }
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
            raft {
              node = ":{{port}}", discovery = node-names, append-timeout = 60s
              roster = [{{string.Join(", ", all.Select(other => $"\"raft@:{other}\""))}}]
              store.directory = "{{directory}}"
            }
            """));
        _systems.Add(system);
        system.ActorOf(Props.Create(() => new Counting(() => OnLeads(place))), "raft");
    }

    private void OnLeads(int place)
    {
        _leader = place;
        Console.WriteLine("leads");
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    /// <summary>Counts the pairs and adds up their first bytes.</summary>
    private sealed class Counting(Action onLeads) : RaftActor<byte[]>
    {
        private int _count;
        private long _sum;

        protected override object? HandleAppend(Entry<byte[]> entry)
        {
            _count++;
            _sum += entry.Value is [var first, ..] ? first : 0;
            return null;
        }

        protected override void HandleLeader(RaftActors.Leader? leader)
        {
            if (leader is { IsSelf: true, IsReady: true })
            {
                onLeads();
            }
        }
    }
}
