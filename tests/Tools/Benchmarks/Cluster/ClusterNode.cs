using System.Globalization;

using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// A child process with one node of the cluster, with all three, or with none: then its clients are remote. It reads commands from standard
/// input, and ends with it: <c>count</c> for messages, <c>load AT CLIENTS PAYLOAD WARMUP SECONDS</c>,
/// <c>query AT CLIENTS CONSISTENCY WARMUP SECONDS</c> and <c>read</c>.
/// </summary>
/// <param name="settings">Settings as HOCON.</param>
/// <param name="all">The ports of all nodes.</param>
internal sealed class ClusterNode(string settings, string[] all)
{
    public const string Verb = "cluster-node";

    private readonly List<ActorSystem> _systems = [];

    // The place of the leader among the nodes of this process. -1: it is in another process.
    private int _leader = -1;

    /// <param name="arguments">
    /// Settings as HOCON, the ports of all nodes, those of this process or nothing, and the folder of the stores unless they are in memory.
    /// </param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (settings, all) = (arguments[0], arguments[1].Split(','));
        var node = new ClusterNode(settings, all);
        foreach (var port in arguments[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
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
                await LoadAsync(at, new ClosedLoop(Number(clients), Seconds(warmUp)), Seconds(seconds), (group, loop, client) =>
                    loop.AppendAsync(group, client, Number(payload)));
                break;
            case ["query", var at, var clients, var consistency, var warmUp, var seconds]:
                await LoadAsync(at, new ClosedLoop(Number(clients), Seconds(warmUp)), Seconds(seconds), (group, loop, _) =>
                    loop.QueryAsync(group, Consistency(consistency)));
                break;
        }
    }

    private async Task LoadAsync(
        string at, ClosedLoop clients, TimeSpan window, Func<RaftClient<ReadOnlyMemory<byte>, object?>, ClosedLoop, byte, Task> run)
    {
        await using var group = CreateClient(at);
        (await group.AppendAsync("barrier", ReadOnlyMemory<byte>.Empty, TimeSpan.FromSeconds(30))).OrThrow();
        var load = await clients.RunAsync(window, (loop, client) => Task.Run(() => run(group, loop, client)));
        Console.WriteLine(load.Line);
    }

    private RaftClient<ReadOnlyMemory<byte>, object?> CreateClient(string at) => at == "remote"
        ? RaftClient.Create<ReadOnlyMemory<byte>, object?>(
            [.. all.Select(port => $"{NodeSystem.Name}@127.0.0.1:{port}")],
            settings: ConfigurationFactory.ParseString(settings).WithFallback(NodeSystem.Timeouts))
        : Raft.Get(_systems[at == "leader" ? _leader : Enumerable.Range(0, _systems.Count).First(place => place != _leader)])
            .CreateClient<ReadOnlyMemory<byte>, object?>();

    // Recent needs the first pair of the log.
    private static ReadConsistency Consistency(string word) => word switch
    {
        "lease" => ReadConsistency.Lease,
        "local" => ReadConsistency.Local,
        "recent" => ReadConsistency.NotOlderThan(new Serial(1)),
        _ => ReadConsistency.Linearizable,
    };

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

    private static TimeSpan Seconds(string word) => TimeSpan.FromSeconds(double.Parse(word, CultureInfo.InvariantCulture));

    /// <summary>Counts the pairs and adds up their first bytes.</summary>
    private sealed class Counting(Action onLeads) : RaftActor<ReadOnlyMemory<byte>>
    {
        private int _count;
        private long _sum;

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
                onLeads();
            }
        }
    }
}
