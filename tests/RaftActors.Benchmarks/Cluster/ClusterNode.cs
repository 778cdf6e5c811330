using System.Globalization;

using Akka.Actor;

using RaftActors.Benchmarks.Reads;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// A child process with one node of the cluster, or with all three. It reads commands from standard input, and ends with it:
/// <c>count</c> for messages, <c>load AT CLIENTS PAYLOAD WARMUP SECONDS</c>, <c>query AT CLIENTS CONSISTENCY WARMUP SECONDS</c> and
/// <c>read</c>.
/// </summary>
internal sealed class ClusterNode
{
    public const string Verb = "cluster-node";

    private readonly List<ActorSystem> _systems = [];

    // The place of the leader among the nodes of this process. -1: it is in another process.
    private int _leader = -1;

    /// <param name="arguments">
    /// Settings as HOCON, the ports of all nodes, those of this process, and the folder of the stores unless they are in memory.
    /// </param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (settings, all, own) = (arguments[0], arguments[1].Split(','), arguments[2].Split(','));
        var node = new ClusterNode();
        foreach (var port in own)
        {
            node.Start(NodeSystem.Create(settings, port, all, arguments.Length > 3 ? Path.Combine(arguments[3], port) : null));
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
            case ["count"]:
                MessageCounter.Start();
                break;
            case ["load", var at, var clients, var payload, var warmUp, var seconds]:
                await AppendAsync(PlaceOf(at), new ClosedLoop(Number(clients), Seconds(warmUp)), Number(payload), Seconds(seconds));
                break;
            case ["query", var at, var clients, var consistency, var warmUp, var seconds]:
                await QueryAsync(
                    PlaceOf(at), new ClosedLoop(Number(clients), Seconds(warmUp)), Reader.Consistency(consistency), Seconds(seconds));
                break;
        }
    }

    private int PlaceOf(string at) => at == "leader" ? _leader : Enumerable.Range(0, _systems.Count).First(place => place != _leader);

    private async Task AppendAsync(int place, ClosedLoop clients, int payload, TimeSpan window)
    {
        await AppendBarrierAsync(_systems[place]);
        await using var group = Raft.Get(_systems[place]).CreateClient<ReadOnlyMemory<byte>, object?>();
        var load = await clients.RunAsync(window, (loop, client) => Task.Run(() => loop.AppendAsync(group, client, payload)));
        Console.WriteLine(load.Line);
    }

    private async Task QueryAsync(int place, ClosedLoop clients, ReadConsistency consistency, TimeSpan window)
    {
        var system = _systems[place];
        await AppendBarrierAsync(system);
        var raft = await system.ActorSelection("/user/raft").ResolveOne(TimeSpan.FromSeconds(5));
        var load = await clients.RunAsync(window, (loop, _) => Reader.RunAsync(system, raft, consistency, loop));
        Console.WriteLine(load.Line);
    }

    private static async Task AppendBarrierAsync(ActorSystem system)
    {
        await using var group = Raft.Get(system).CreateClient<ReadOnlyMemory<byte>, object?>();
        (await group.AppendAsync("barrier", ReadOnlyMemory<byte>.Empty, TimeSpan.FromSeconds(30))).OrThrow();
    }

    private void Start(ActorSystem system)
    {
        var place = _systems.Count;
        _systems.Add(system);
        system.ActorOf(Props.Create(() => new Counting(() => OnLeads(place))), "raft");
    }

    private void OnLeads(int place)
    {
        _leader = place;
        Console.WriteLine("leads");
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string word) => TimeSpan.FromSeconds(Number(word));

    /// <summary>Counts the pairs and adds up their first bytes.</summary>
    private sealed class Counting : RaftActor<ReadOnlyMemory<byte>>
    {
        private readonly Action _onLeads;
        private int _count;
        private long _sum;

        public Counting(Action onLeads)
        {
            _onLeads = onLeads;
            Receive<ReadConsistency>(consistency => Raft.Query(this, replyTo: Sender, consistency: consistency));
        }

        protected override object? HandleQuery(object question) => _count;

        protected override object? HandleAppend(Entry<ReadOnlyMemory<byte>> entry)
        {
            _count++;
            _sum += entry.Value.Span is [var first, ..] ? first : 0;
            return null;
        }

        protected override void HandleLeader(RaftActors.Leader? leader)
        {
            if (leader is { IsSelf: true, IsReady: true })
            {
                _onLeads();
            }
        }
    }
}
