using CoordinationTrials.Check;
using CoordinationTrials.Faults;
using CoordinationTrials.Node;

namespace CoordinationTrials.Processes;

/// <summary>The nodes of a trial as processes.</summary>
internal sealed class ProcessCluster : FaultyCluster, ITrial
{
    private const int Port = 2551;

    private static readonly TimeSpan TwoFor = TimeSpan.FromSeconds(1);

    private TimeSpan? _twoSince;
    private readonly Network? _network;
    private readonly string? _logs;
    private readonly NodeProcess[] _nodes;

    /// <param name="work">An existing folder.</param>
    /// <param name="network">Null: all nodes are on this machine.</param>
    /// <param name="logs">An existing folder for logs; null: there are none.</param>
    /// <param name="isByGroup">The nodes have no seed nodes.</param>
    public ProcessCluster(string work, Downing downing, int seed, int scale, Network? network, string? logs, bool isByGroup = false)
        : base(downing, seed, scale)
    {
        (_network, _logs) = (network, logs);
        var ports = network is null ? FreePorts.Take(Count) : [];
        var addresses = Enumerable.Range(1, Count)
            .Select(number => network is null ? $"127.0.0.1:{ports[number - 1]}" : $"{network.Host(number).Address}:{Port}").ToArray();
        _nodes =
        [
            .. Enumerable.Range(1, Count).Select(number => new NodeProcess(
                new(
                    downing,
                    addresses,
                    number,
                    Path.Combine(work, $"node{number}"),
                    IsVerbose: logs is not null,
                    scale,
                    IsByGroup: isByGroup),
                network?.Host(number) ?? Host.Here,
                Register,
                line => Log($"node{number}", line))),
        ];
    }

    public override IReadOnlyList<FaultyNode> Nodes => _nodes;

    public override TimeSpan Now => Stopwatch.GetElapsedTime(0);

    // A process on a machine with twenty times as many ready threads as cores needed two minutes to start and to join.
    protected override TimeSpan JoinTimeout => TimeSpan.FromMinutes(4);

    protected override TimeSpan RecoveryTimeout => TimeSpan.FromMinutes(10);

    public override Task Until(Func<bool> isIt, Func<string> problem, TimeSpan? timeout = null) => Poll.Until(
        () =>
        {
            DemandOneCluster();
            return isIt();
        },
        problem,
        timeout);

    public override void Note(string text) => Log("trial", text);

    /// <inheritdoc/>
    public string Tails() => string.Join('\n', _nodes.Select(node => node.Tail()));

    public void Dispose() => Array.ForEach(_nodes, node => node.Dispose());

    // Only trials on a network cut it.
    protected override void Rule(IReadOnlyCollection<(int From, int To)> cut) => _network!.Rule(new([.. cut]));

    // The nodes found a cluster in the beginning, and again if the fault has ended all of them.
    protected override void Start(FaultyNode node) =>
        ((NodeProcess)node).Start(founds: _nodes.All(each => each.Status is not { Up.Count: > 0 }));

    // Two nodes that both have members, and none of them in common. A node tells what it sees every 250 ms.
    private void DemandOneCluster()
    {
        var seen = _nodes.Select(each => each.Status?.Up).OfType<IReadOnlySet<string>>().Where(each => each.Count > 0).ToList();
        _twoSince = seen.Exists(one => seen.Exists(other => !one.Overlaps(other))) ? _twoSince ?? Now : null;
        if (Now - _twoSince > TwoFor)
        {
            throw new TrialFailure($"there are two clusters: {string.Join("; ", seen.Select(each => string.Join(' ', each)))}");
        }
    }

    private void Log(string name, string text)
    {
        if (_logs is not null)
        {
            lock (_nodes)
            {
                var time = DateTime.UtcNow.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
                File.AppendAllText(Path.Combine(_logs, $"{name}.log"), $"{time} {text}\n");
            }
        }
    }
}
