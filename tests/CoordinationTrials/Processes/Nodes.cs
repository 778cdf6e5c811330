using System.Diagnostics;

using CoordinationTrials.Check;
using CoordinationTrials.Node;

namespace CoordinationTrials.Processes;

/// <summary>The five nodes of a trial and their register. Dispose ends all processes.</summary>
internal sealed class Nodes : IDisposable
{
    public const int Count = 5;
    public const int Majority = 3;

    private const int Port = 2551;

    // A process on a machine with twenty times as many ready threads as cores needed two minutes to start and to join.
    private static readonly TimeSpan JoinPatience = TimeSpan.FromMinutes(4);

    // The nodes have all seen what the others see.
    private static readonly TimeSpan HealthyFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromMinutes(10);

    private readonly NodeProcess[] _all;
    private readonly long[] _startedAt = new long[Count];
    private readonly HashSet<NodeProcess> _lost = [];

    /// <param name="work">An existing folder.</param>
    /// <param name="network">Null: all nodes are on this machine.</param>
    /// <param name="logs">Folder for logs; null: there are none.</param>
    public Nodes(string work, Downing downing, Network? network, string? logs, int scale)
    {
        Resources = downing == Downing.KeepMajority
            ? [TrialNode.Singleton, .. TrialNode.Entities]
            : [TrialNode.Singleton, TrialNode.Lock, .. TrialNode.Entities];
        var ports = network is null ? FreePorts.Take(Count) : [];
        var addresses = Enumerable.Range(1, Count)
            .Select(number => network is null ? $"127.0.0.1:{ports[number - 1]}" : $"{network.Host(number).Address}:{Port}").ToArray();
        _all = [.. Enumerable.Range(1, Count).Select(number => new NodeProcess(
            number, addresses[number - 1], Starter(number), Register, logs is null ? null : Path.Combine(logs, $"node{number}.log")))];

        Func<Action<OutputLine>, bool, ChildProcess> Starter(int number)
        {
            string[] words =
            [
                .. (network?.Host(number) ?? Host.Here).Prefix, "dotnet", typeof(Nodes).Assembly.Location, "node",
                "--downing", Options.NameOf(downing), "--number", $"{number}", "--addresses", string.Join(',', addresses),
                "--directory", Path.Combine(work, $"node{number}"), "--scale", $"{scale}",
                .. logs is null ? Array.Empty<string>() : ["--verbose"],
            ];
            return (heard, founds) => ChildProcess.Start(
                words[0], [.. words[1..], .. founds ? ["--founds"] : Array.Empty<string>()], heard: heard, keepsLines: false);
        }
    }

    public Register Register { get; } = new();

    /// <summary>All that the nodes write.</summary>
    public IReadOnlyList<string> Resources { get; }

    public IReadOnlyList<NodeProcess> All => _all;

    /// <summary>The number of restarts of nodes that ran on, while the others had not taken them up again.</summary>
    public int Stranded { get; private set; }

    /// <summary>The nodes that have ended since the last recovery, or were stranded. For a round that has failed.</summary>
    public IReadOnlyCollection<NodeProcess> Ended => [.. _lost.Union(_all.Where(node => !node.IsRunning))];

    /// <summary>Starts a node.</summary>
    public void Start(NodeProcess node)
    {
        _startedAt[node.Number - 1] = Stopwatch.GetTimestamp();

        // The nodes found a cluster in the beginning, and again if the fault has ended all of them.
        node.Start(founds: _all.All(each => each.Status is not { Up.Count: > 0 }));
    }

    /// <summary>The node that wrote a resource last.</summary>
    public NodeProcess HolderOf(string resource) => _all[Register.Latest(resource)!.Node - 1]; // Justification: the nodes have recovered.

    /// <summary>
    /// Restarts the nodes that have ended, and waits until each node sees all others Up and each resource is written.
    /// </summary>
    /// <returns>The nodes that have ended since the last call, or were stranded.</returns>
    /// <exception cref="TrialFailure">It took too long.</exception>
    public async Task<IReadOnlyCollection<NodeProcess>> Recovered()
    {
        var since = Stopwatch.GetTimestamp();
        var unhealthyAt = since;
        await Poll.Until(
            () =>
            {
                foreach (var node in _all)
                {
                    Revive(node, since);
                }

                if (!IsHealthy(since))
                {
                    unhealthyAt = Stopwatch.GetTimestamp();
                }

                return Stopwatch.GetElapsedTime(unhealthyAt) > HealthyFor;
            },
            () => $"the nodes have not recovered: {Describe()}",
            RecoveryPatience);
        NodeProcess[] ended = [.. _lost];
        _lost.Clear();
        return ended;
    }

    public string Tails() => string.Join('\n', _all.Select(node => node.Tail()));

    public void Dispose() => Array.ForEach(_all, node => node.Dispose());

    private void Revive(NodeProcess node, long since)
    {
        if (!node.IsRunning)
        {
            _lost.Add(node);
            Start(node);
        }
        else if (Stopwatch.GetElapsedTime(Math.Max(since, _startedAt[node.Number - 1])) > JoinPatience
            && _all.Count(other => other != node && other.Status?.Up.Contains(node.Address) == true) < Majority - 1)
        {
            _lost.Add(node);
            Stranded++;
            node.Kill();
            Start(node);
        }
    }

    private bool IsHealthy(long since) =>
        _all.All(node => node.Status is { IsAll: true, Up.Count: Count, Unreachable.Count: 0 })
            && Resources.All(resource => Register.Latest(resource) is { } latest && latest.At > since);

    private string Describe() => string.Join("; ", _all
        .Select(node => node.Status is { } status
            ? $"node {node.Number} sees {status.Up.Count} Up and {status.Unreachable.Count} unreachable"
            : $"node {node.Number} reports nothing")
        .Concat(Resources.Select(resource => Register.Latest(resource) is { } latest
            ? $"{resource} was written {Stopwatch.GetElapsedTime(latest.At).TotalSeconds:0.0} s ago by node {latest.Node}"
            : $"{resource} was never written")));
}
