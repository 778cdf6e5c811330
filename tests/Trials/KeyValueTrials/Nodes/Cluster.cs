using KeyValueTrials.Load;

namespace KeyValueTrials.Nodes;

/// <summary>The nodes of a trial, the clients, and the check at the end.</summary>
internal sealed class Cluster : ITrial
{
    private const int Keys = 6;
    private const int QuietKeys = 4;
    private const int WritersOfAKey = 2;
    private const int Callers = 8;

    private const string Groups = "3";

    private const int HttpPort = 8080;
    private const int RaftPort = 2551;

    // The short timeout gives more answers with 504: until then, a node repeats a pair itself. Snapshots are taken, and the log keeps all
    // changes, so that a watch at the end shows them from the first one.
    private const string Settings =
        "append-timeout = 1500ms\nlease.enabled = on\nsnapshot { after-entries = 2000, retained-entries = 10000000 }\n";

    /// <summary>The limit of a request that is asked again and again.</summary>
    public static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WriterPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CallerPauseMax = TimeSpan.FromMilliseconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly Dictionary<string, WriteCall> _ends = [];
    private readonly Dictionary<string, string> _groupOfKeys = [];
    private readonly List<NodeClient> _clients = [];
    private readonly string[] _roster;

    /// <param name="network">The file of the network namespace of the clients; empty: that of this process.</param>
    private Cluster(IReadOnlyList<KeyValueNode> nodes, string network)
    {
        Nodes = nodes;
        _clients.AddRange(nodes.Select(node => new NodeClient(node, network)));
        _roster = [.. nodes.SelectMany((node, place) => new[] { $"--RaftActors:Nodes:{place}", $"{node.Address}" })];
    }

    public IReadOnlyList<KeyValueNode> Nodes { get; }

    private CallBook Book { get; } = new();

    private static IReadOnlyList<string> BusyKeys => [.. Enumerable.Range(1, Keys).Select(number => $"k{number}")];

    /// <summary>Keys that are written once. After a restart their items come from snapshots, and no write replaces a lost one.</summary>
    private static IReadOnlyList<string> AllQuietKeys => [.. Enumerable.Range(1, QuietKeys).Select(number => $"q{number}")];

    /// <summary>Creates nodes on this machine.</summary>
    public static Cluster On(TrialScope trial, int count)
    {
        var ports = FreePorts.Take(2 * count);
        List<KeyValueNode> nodes = [.. Enumerable.Range(1, count).Select(
            number => new KeyValueNode(number, Host.Here, ports[number - 1], ports[count + number - 1], DiskOf(trial, number)))];
        return trial.Own(new Cluster(nodes, network: ""));
    }

    /// <summary>Creates nodes in a network namespace each. The clients are in one more, which is never cut off.</summary>
    public static async Task<(Cluster Cluster, Network Network)> OnNetwork(TrialScope trial, int count)
    {
        var network = await trial.Hosts(count + 1);
        List<KeyValueNode> nodes = [.. Enumerable.Range(1, count).Select(
            number => new KeyValueNode(number, network.Host(number), HttpPort, RaftPort, DiskOf(trial, number)))];
        return (trial.Own(new Cluster(nodes, network.Host(count + 1).Namespace)), network);
    }

    /// <summary>Starts a node.</summary>
    public void Start(KeyValueNode node, IReadOnlyDictionary<string, string>? environment = null) =>
        node.Start(["--groups", Groups, "--RaftActors:Hocon", $"raft {{ {Settings} }}", .. _roster], environment);

    /// <summary>Starts the nodes, writes each key once, and starts the clients.</summary>
    /// <param name="environment">The environment of a node. Null: that of this process.</param>
    public async Task StartAll(Func<KeyValueNode, IReadOnlyDictionary<string, string>>? environment = null)
    {
        foreach (var node in Nodes)
        {
            Start(node, environment?.Invoke(node));
        }

        await Task.WhenAll(Nodes.Select(Ready));
        var number = 0;
        foreach (var key in BusyKeys.Concat(AllQuietKeys))
        {
            _ends[key] = await Make(++number).WriteSurely(key, Guards.Wait);
        }

        foreach (var key in BusyKeys)
        {
            for (var writer = 0; writer < WritersOfAKey; writer++)
            {
                var (caller, isKeyed) = (Make(++number), writer % 2 == 0);
                Run(() => caller.WriteSteadily(key, isKeyed, WriterPause, _stop.Token));
            }

            var (watcher, seed) = (new Watcher(key, Book, () => _clients), number);
            Run(() => watcher.Run(seed, _stop.Token));
        }

        for (var each = 0; each < Callers; each++)
        {
            var caller = Make(++number);
            Run(() => caller.CallRandomly(BusyKeys, AllQuietKeys, CallerPauseMax, _stop.Token));
        }

        await Served(Stopwatch.GetTimestamp());
    }

    /// <summary>Waits until the node says that it is ready: it knows the leaders and has all pairs that it knows to be committed.</summary>
    public Task Ready(KeyValueNode node) => Until(node, "/healthz/ready", _ => true, "is not ready");

    /// <summary>Waits until a page of the node is as wanted.</summary>
    public Task Until(KeyValueNode node, string path, Func<string, bool> isIt, string otherwise) => Poll.Until(
        async () => await Get(node, path) is { IsDone: true } page && isIt(page.Text)
            || (node.IsRunning ? false : throw new TrialFailure($"{node.Name} has ended")),
        () => $"{node.Name} {otherwise}");

    /// <summary>Waits until each key has this number of committed writes that began after a time.</summary>
    public Task Served(long since, int writes = 10) => Poll.Until(
        async () =>
        {
            if (_running.Find(task => task.IsFaulted) is { } failed)
            {
                await failed;
            }

            var committed = Book.EndedSince(since).Where(call => call.End == WriteEnd.Committed).CountBy(call => call.Key).ToDictionary();
            return BusyKeys.All(key => committed.GetValueOrDefault(key) >= writes);
        },
        () => $"a key has not had {writes} committed writes");

    /// <summary>The longest time that a key took no write, from the last write before this time to the latest one.</summary>
    public TimeSpan Downtime(long from) => Gaps.OfEach(Book.Writes, call => call.Key, from).Max();

    /// <summary>The node that leads the most groups, as another node sees it.</summary>
    public async Task<KeyValueNode> Leader()
    {
        var leaders = new List<KeyValueNode>();
        await Until(Nodes[0], "/status", page =>
        {
            var addresses = GroupStatus.Parse(page).Select(group => group.Leader?.Split('@')[^1]).ToList();
            leaders = [.. Nodes.Where(node => addresses.Contains(node.Address)).OrderByDescending(
                node => addresses.Count(address => address == node.Address))];
            return leaders.Count > 0;
        }, "knows no leader");
        return leaders[0];
    }

    /// <summary>The time of day by a node's clock.</summary>
    public async Task<DateTimeOffset> TimeOf(KeyValueNode node) => (await Answer(node, "/healthz/live")).Time;

    /// <summary>Stops the clients when no fault is left, and compares all that they saw.</summary>
    /// <returns>The summary for the trial's line.</returns>
    public async Task<string> Check()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        List<Copy> copies = [];
        foreach (var (place, key) in BusyKeys.Index())
        {
            _ends[key] = await Make(1000 + place).WriteSurely(key, Guards.Wait);
        }

        foreach (var node in Nodes)
        {
            Copy copy = new(node.Name, []);
            foreach (var (key, end) in _ends)
            {
                copy.Histories[key] = await Watcher.All(ClientOf(node), key, end.Value!, Guards.Wait);
                copy.Last[key] = await Last(node, key, end.Serial);
            }

            copies.Add(copy);
        }

        CallCheck.Demand(Book, copies);
        return $"{Book}";
    }

    /// <inheritdoc/>
    public string Tails() => string.Join('\n', Nodes.Select(node => node.Tails()));

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var node in Nodes)
        {
            node.Dispose();
        }

        _clients.ForEach(client => client.Dispose());
        _stop.Dispose();
    }

    private void Run(Func<Task> load) => _running.Add(Task.Run(load));

    private Caller Make(int number) => new(number, Book, _groupOfKeys, () => _clients);

    private static string DiskOf(TrialScope trial, int number) => Path.Combine(trial.Work, $"disk{number}");

    private Task<Page?> Get(KeyValueNode node, string path) => ClientOf(node).Send(HttpMethod.Get, path, RequestLimit);

    private async Task<Page> Answer(KeyValueNode node, string path) =>
        await ClientOf(node).Send(HttpMethod.Get, path, Guards.Wait) ?? throw new TrialFailure($"{node.Name} does not answer");

    private NodeClient ClientOf(KeyValueNode node) => _clients.Find(client => client.Node == node)!;

    // The node's own copy, as soon as it has the last change.
    private async Task<Change> Last(KeyValueNode node, string key, long serial)
    {
        var since = Stopwatch.GetTimestamp();
        var copy = await Poll.Until(
            async () => await ClientOf(node).Read(key, Level.Local, null, RequestLimit) is { } read
                && (read.Serial >= serial || Stopwatch.GetElapsedTime(since) > Guards.Wait / 2) ? read : null,
            () => $"{node.Name} does not answer");
        return new Change(copy.Serial, copy.Value);
    }
}
