using System.Text.Json;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// A child process with one node of the cluster, with all three, or with none: then its clients are remote. It reads commands from standard
/// input, and ends with it: <c>count</c> for messages, <c>load AT CLIENTS PAYLOAD WARMUP SECONDS [RATE]</c> with the rate of an open loop,
/// <c>query AT CLIENTS CONSISTENCY WARMUP SECONDS</c>, <c>watch</c> before an open loop, <c>events [FROM TO]</c> after it, and <c>read</c>.
/// </summary>
/// <param name="settings">Settings as HOCON.</param>
/// <param name="groups">The number of groups, each with an actor on each node.</param>
/// <param name="all">The ports of all nodes.</param>
/// <param name="own">The ports of this process.</param>
internal sealed class ClusterNode(string settings, int groups, string[] all, string[] own)
{
    public const string Verb = "cluster-node";

    private readonly List<ActorSystem> _systems = [];
    // Null for one group, which is no shard.
    private readonly RaftShards? _shards = groups == 1 ? null : new("shard", groups);

    // The place of the leader of each group among the nodes of this process. -1: it is in another process.
    private readonly int[] _leaders = [.. Enumerable.Repeat(-1, groups)];
    private NodeWatch? _watch;
    private Load? _load;

    // Kept for all loads: a group writes an entry when it forgets a closed client, which NodeWatch would take for that of an Append.
    private RaftClient<ReadOnlyMemory<byte>, object?>[]? _clients;

    // One for each client at "remote", as those of programs of their own.
    private readonly List<RaftConnection> _connections = [];

    /// <param name="arguments">
    /// Settings as HOCON, the number of groups, the ports of all nodes, those of this process or nothing, and the folder of the stores
    /// unless they are in memory.
    /// </param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (settings, all) = (arguments[0], arguments[2].Split(','));
        var own = arguments[3].Split(',', StringSplitOptions.RemoveEmptyEntries);
        var node = new ClusterNode(settings, Number(arguments[1]), all, own);
        foreach (var port in own)
        {
            node.Start(NodeSystem.Create(settings, port, all, arguments.Length > 4 ? Path.Combine(arguments[4], port) : null));
        }

        // A load does not hold up the commands after it.
        var loads = new List<Task>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            loads.Add(node.DoAsync(line.Split(' ')));
        }

        await Task.WhenAll(loads);
        await Task.WhenAll((node._clients ?? []).Select(client => client.DisposeAsync().AsTask()));
        await Task.WhenAll(node._connections.Select(connection => connection.DisposeAsync().AsTask()));
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
            case ["watch"]:
                _watch?.Dispose();
                _watch = new NodeWatch(_leaders[0] < 0 ? own.FirstOrDefault("") : own[_leaders[0]]);
                break;
            case ["events", .. var window]:
                var (from, slow) = window is [var begin, var end]
                    ? (new Interval(Timestamp(begin), Timestamp(end)), [])
                    : (_load!.Window, _load.SlowCalls);
                var events = _watch!.Read(from, slow);
                Console.WriteLine($"events {JsonSerializer.Serialize(groups == 1 ? events : events with { Waits = [] })}");
                break;
            case ["load", var at, var clients, var payload, var warmUp, var seconds]:
                await LoadAsync(at, new ClosedLoop(Number(clients), Seconds(warmUp)), Seconds(seconds), (group, loop, client) =>
                    loop.AppendAsync(group, client, Number(payload)));
                break;
            case ["load", var at, var callers, var payload, var warmUp, var seconds, var rate]:
                var open = new OpenLoop(Number(callers), Number(payload), Number(rate), Seconds(warmUp));
                await LoadAsync(at, client => open.RunAsync(Seconds(seconds), async (caller, value) =>
                    await client(caller).AppendAsync("key", value) is { Failure: null }));
                break;
            case ["query", var at, var clients, var consistency, var warmUp, var seconds]:
                await LoadAsync(at, new ClosedLoop(Number(clients), Seconds(warmUp)), Seconds(seconds), (group, loop, _) =>
                    loop.QueryAsync(group, Consistency(consistency)));
                break;
        }
    }

    private Task LoadAsync(
        string at, ClosedLoop clients, TimeSpan window, Func<RaftClient<ReadOnlyMemory<byte>, object?>, ClosedLoop, byte, Task> run) =>
        LoadAsync(at, client => clients.RunAsync(window, (loop, number) => Task.Run(() => run(client(number), loop, number))));

    /// <param name="run">Gets the client of a caller with this number.</param>
    private async Task LoadAsync(string at, Func<Func<int, RaftClient<ReadOnlyMemory<byte>, object?>>, Task<Load>> run)
    {
        _clients ??= [.. Enumerable.Range(0, groups).Select(group => CreateClient(at, group))];
        foreach (var client in _clients)
        {
            (await client.AppendAsync("barrier", ReadOnlyMemory<byte>.Empty, TimeSpan.FromSeconds(30))).OrThrow();
        }

        _load = await run(caller => _clients[caller % groups]);
        Console.WriteLine(_load.Line);
    }

    private RaftClient<ReadOnlyMemory<byte>, object?> CreateClient(string at, int group)
    {
        var (name, leader) = (_shards?.All[group].Group ?? "default", _leaders[group]);
        return at == "remote"
            ? Connect().CreateClient<ReadOnlyMemory<byte>, object?>(name ?? "default")
            : Raft.Get(_systems[at == "leader" ? leader : Enumerable.Range(0, _systems.Count).First(place => place != leader)])
                .CreateClient<ReadOnlyMemory<byte>, object?>(name);
    }

    private RaftConnection Connect()
    {
        RaftConnection connection = new(
            [.. all.Select(port => $"{NodeSystem.Name}@127.0.0.1:{port}")],
            ConfigurationFactory.ParseString(settings).WithFallback(NodeSystem.Timeouts));
        _connections.Add(connection);
        return connection;
    }

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
        for (var group = 0; group < groups; group++)
        {
            var (index, shard) = (group, _shards?.All[group]);
            system.ActorOf(Props.Create(() => new Counting(shard, () => OnLeads(index, place))), shard?.Group ?? "raft");
        }
    }

    // With all nodes in this process, clients at the leader need the leaders of all groups.
    private void OnLeads(int group, int place)
    {
        _leaders[group] = place;
        if (own.Length < all.Length || !_leaders.Contains(-1))
        {
            Console.WriteLine("leads");
        }
    }

    private static long Timestamp(string word) => long.Parse(word, CultureInfo.InvariantCulture);

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string word) => TimeSpan.FromSeconds(double.Parse(word, CultureInfo.InvariantCulture));

    /// <summary>Counts the pairs and adds up their first bytes.</summary>
    private sealed class Counting(RaftShard? shard, Action onLeads) : RaftActor<ReadOnlyMemory<byte>>(new() { Shard = shard })
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
