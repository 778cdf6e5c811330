using CoordinationTrials.Check;
using CoordinationTrials.Node;

namespace CoordinationTrials.Faults;

/// <summary>
/// The five nodes of a cluster under faults, and their register. The nodes are processes, or run in this process and in virtual time: then
/// every task here is complete when it is returned.
/// </summary>
/// <param name="seed">Decides about faults and victims.</param>
internal abstract class FaultyCluster(Downing downing, int seed, int scale)
{
    public const int Count = 5;
    public const int Majority = 3;

    // The nodes have all seen what the others see.
    private static readonly TimeSpan HealthyFor = TimeSpan.FromSeconds(1);

    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly HashSet<int> _lost = [];
    private int _stranded;

    public Downing Downing => downing;

    public Register Register { get; } = new();

    public Random Random { get; } = new(seed);

    /// <summary>Multiplies the times of the nodes and of the faults.</summary>
    public int Scale => scale;

    /// <summary>All that the nodes write.</summary>
    public IReadOnlyList<string> Resources { get; } = downing == Downing.KeepMajority
        ? [TrialNode.Singleton, .. TrialNode.Entities]
        : [TrialNode.Singleton, TrialNode.Lock, .. TrialNode.Entities];

    public abstract IReadOnlyList<FaultyNode> Nodes { get; }

    /// <summary>By the clock that measures the faults and the writes.</summary>
    public abstract TimeSpan Now { get; }

    /// <summary>A node outside of the cluster is stranded after this time.</summary>
    protected abstract TimeSpan JoinTimeout { get; }

    protected abstract TimeSpan RecoveryTimeout { get; }

    /// <summary>Waits until it is so.</summary>
    /// <param name="problem">The failure when it takes too long.</param>
    /// <exception cref="TrialFailure">It took too long.</exception>
    public abstract Task Until(Func<bool> isIt, Func<string> problem, TimeSpan? timeout = null);

    /// <summary>Writes what the trial does to the folder for logs.</summary>
    public abstract void Note(string text);

    public Task Delay(TimeSpan time)
    {
        var end = Now + time;
        return Until(() => Now >= end, () => "");
    }

    /// <summary>The node that wrote a resource last.</summary>
    public FaultyNode HolderOf(string resource) => Nodes[Register.Latest(resource)!.Node - 1]; // Justification: the nodes have recovered.

    /// <summary>Drops all packets in these directions, as well as in those that are cut already.</summary>
    public void Cut(IEnumerable<(int From, int To)> directions)
    {
        _cut.UnionWith(directions);
        Rule(_cut);
    }

    /// <summary>Ends all cuts.</summary>
    public void Heal()
    {
        if (_cut.Count > 0)
        {
            _cut.Clear();
            Rule(_cut);
        }
    }

    /// <summary>Starts the nodes, and makes a fault in each round. Ends with the first round that fails.</summary>
    /// <param name="faults">They are made in an order of the seed, each of them once before one is repeated.</param>
    /// <param name="results">Path of a file for the results; null: there is none.</param>
    /// <param name="until">Ends with the first round that is so. Null: goes on.</param>
    public async Task<IReadOnlyList<RoundResult>> Rounds(
        int rounds, Fault[] faults, string? results = null, Func<RoundResult, bool>? until = null)
    {
        List<RoundResult> all = [await Round(0, new("start", (_, _) => Task.CompletedTask))];
        if (all[0].Failure is not null)
        {
            return all;
        }

        all.Clear();
        for (var round = 1; round <= rounds && !all.Exists(each => each.Failure is not null || until?.Invoke(each) == true); round++)
        {
            if ((round - 1) % faults.Length == 0)
            {
                Random.Shuffle(faults);
            }

            all.Add(await Round(round, faults[(round - 1) % faults.Length]));
            if (results is not null)
            {
                all[^1].AppendTo(results);
            }
        }

        return all;
    }

    /// <summary>Makes a fault, and lets the nodes recover from it.</summary>
    public async Task<RoundResult> Round(int number, Fault fault)
    {
        var (begin, faultTime, stranded) = (Now, TimeSpan.Zero, _stranded);
        var (accepted, refused, problems) = (Register.Accepted, Register.Refused, Register.Problems.Count);
        Disruption disruption = new(this);
        string? failure = null;
        Note($"round {number}: {fault.Name}");
        try
        {
            await fault.Make(this, disruption);
            faultTime = Now - begin;
            Note("the fault has ended");
            await Recover();
            Note($"recovered; ended: {string.Join(", ", _lost)}");
        }
        catch (TrialFailure e)
        {
            failure = e.Message;
            _lost.UnionWith(Nodes.Where(node => !node.IsRunning).Select(node => node.Number));
        }

        RoundResult result = new(
            Trials.Trial.NameOf(downing),
            seed,
            number,
            fault.Name,
            disruption.Detail,
            [.. _lost.Order()],
            _stranded - stranded,
            Register.Accepted - accepted,
            Register.Refused - refused,
            [.. Register.Problems.Skip(problems)],
            Math.Round(faultTime.TotalSeconds, 1),
            Math.Round((Now - begin - faultTime).TotalSeconds, 1),
            [.. disruption.Takeovers()],
            failure);
        _lost.Clear();
        return result;
    }

    /// <summary>Drops all packets in these directions, and no others.</summary>
    protected abstract void Rule(IReadOnlyCollection<(int From, int To)> cut);

    /// <summary>Starts a node that does not run.</summary>
    protected abstract void Start(FaultyNode node);

    /// <summary>Restarts the nodes that have ended, and waits until each node sees all others Up and each resource is written.</summary>
    public Task Recover()
    {
        var (since, unhealthyAt) = (Now, Now);
        return Until(
            () =>
            {
                foreach (var node in Nodes)
                {
                    Revive(node, since);
                }

                unhealthyAt = IsHealthy(since) ? unhealthyAt : Now;
                return Now - unhealthyAt > HealthyFor;
            },
            () => $"the nodes have not recovered: {Describe()}",
            RecoveryTimeout);
    }

    private void Revive(FaultyNode node, TimeSpan since)
    {
        // It runs and fewer nodes have taken it up than others, although nothing was wrong for a while.
        var isStranded = node.IsRunning && Now - since > JoinTimeout && Now - node.StartedAt > JoinTimeout
            && FollowersOf(node) < Nodes.Max(FollowersOf);
        if (isStranded)
        {
            Note($"node {node.Number} is stranded");
            _stranded++;
            node.Kill();
        }

        if (!node.IsRunning)
        {
            _lost.Add(node.Number);
            node.StartedAt = Now;
            Start(node);
        }
    }

    private int FollowersOf(FaultyNode node) => Nodes.Count(other => other != node && other.Status?.Up.Contains(node.Address) == true);

    private bool IsHealthy(TimeSpan since) => Nodes.All(node => node.Status is { IsAll: true, Up.Count: Count, Unreachable.Count: 0 })
        && Resources.All(resource => Register.Latest(resource) is { } latest && latest.At > since.Ticks);

    private string Describe() => string.Join("; ", Nodes
        .Select(node => $"node {node.Number} {node.Status?.ToString() ?? "reports nothing"}")
        .Concat(Resources.Select(resource => Register.Latest(resource) is { } latest
            ? FormattableString.Invariant($"{resource} was written {(Now.Ticks - latest.At) / 1e7:0.0} s ago by node {latest.Node}")
            : $"{resource} was never written")));
}

/// <summary>A node, and its restarts.</summary>
/// <param name="number">From 1.</param>
/// <param name="address">Its name in <see cref="Status"/>.</param>
internal abstract class FaultyNode(int number, string address)
{
    public int Number => number;

    public string Address => address;

    /// <summary>Time of its latest start.</summary>
    public TimeSpan StartedAt { get; set; }

    public abstract bool IsRunning { get; }

    /// <summary>What it sees of the cluster; null: it does not run, or has reported nothing yet.</summary>
    public abstract Status? Status { get; }

    /// <summary>Ends it without a warning.</summary>
    public abstract void Kill();

    public abstract void Freeze();

    public abstract void Resume();

    /// <summary>It leaves the cluster, and ends then.</summary>
    public abstract void Leave();
}
