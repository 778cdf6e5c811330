using Akka.Cluster;

using CoordinationTrials.Faults;

namespace CoordinationTrials.Simulated;

/// <summary>
/// Five nodes in virtual time that start cold, are exchanged in a rollout, are all killed, and start again, under cuts, pauses and kills.
/// The seed decides the faults.
/// </summary>
internal sealed class StartRun : IDisposable
{
    private const int SlowStartMaxMs = 15_000;
    private const int FaultMaxMs = 20_000;
    private const int FaultsOfStart = 3;
    private const int LateNetworkOneOf = 4;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StrandedAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(4);

    private readonly Stage _stage;
    private readonly Random _random;
    private readonly StartNode[] _nodes;
    private readonly PriorityQueue<Action, TimeSpan> _plan = new();
    private readonly Dictionary<UniqueAddress, int> _clusters = [];
    private int _count;
    private int _stranded;
    private TimeSpan _quietSince;
    private TimeSpan? _twoSince;

    public StartRun(int seed, bool hasSeeds)
    {
        _stage = new(seed);
        _random = new(seed);
        _nodes = [.. Enumerable.Range(1, FaultyCluster.Count).Select(number => new StartNode(_stage, number, hasSeeds))];
    }

    /// <inheritdoc cref="Stage.Lines"/>
    public IReadOnlyCollection<string> Lines => _stage.Lines;

    public TimeSpan Now => _stage.World.Now;

    /// <summary>Makes the starts of one seed. Ends with the first one that leads to two clusters or to none.</summary>
    public IEnumerable<StartResult> Run()
    {
        foreach (var (name, begin) in new (string, Action)[] { ("cold start", StartAll), ("rollout", Exchange), ("restart", Restart) })
        {
            var at = Now;
            _stage.Note(name);
            begin();
            for (var i = 0; i < FaultsOfStart; i++)
            {
                Plan(_random.Next(FaultMaxMs), MakeFault);
            }

            var (isOne, end) = (false, at + WaitMax);
            while (!isOne && _twoSince is null && Now < end)
            {
                Step();
                isOne = _plan.Count == 0 && IsOneCluster();
            }

            StartResult result = new(name, HasTwo: _twoSince is not null, IsOne: isOne, Now - at, _stranded, Describe());
            _stranded = 0;
            yield return result;
            if (!isOne)
            {
                yield break;
            }
        }
    }

    public void Dispose()
    {
        Array.ForEach(_nodes, node => node.Kill());
        _stage.Dispose();
    }

    private void StartAll()
    {
        foreach (var node in _nodes)
        {
            StartLater(node, _random.Next(4) == 0 ? 0 : _random.Next(SlowStartMaxMs));
        }
    }

    // One after the other leaves, or is killed, and is restarted. The next one does not always wait for it.
    private void Exchange()
    {
        var at = 0;
        foreach (var node in _nodes)
        {
            var leaves = _random.Next(3) > 0;
            Plan(at, leaves ? node.Leave : node.Kill);
            StartLater(node, at + _random.Next(SlowStartMaxMs));
            at += _random.Next(SlowStartMaxMs);
        }
    }

    private void Restart()
    {
        foreach (var node in _nodes)
        {
            var at = _random.Next(2_000);
            Plan(at, node.Kill);
            StartLater(node, at + _random.Next(SlowStartMaxMs));
        }
    }

    private void MakeFault()
    {
        var node = _nodes[_random.Next(_nodes.Length)];
        var length = _random.Next(FaultMaxMs);
        switch (_random.Next(5))
        {
            case 0:
                if (node.IsRunning)
                {
                    node.Kill();
                    StartLater(node, length);
                }

                break;
            case 1:
                if (node.IsRunning)
                {
                    node.Pause();
                    Plan(length, node.Resume);
                }

                break;
            case 2:
                // Two of them from the other three, for raft too or for Akka.Remote alone.
                var other = _nodes[_random.Next(_nodes.Length)];
                Cut([node, other], length, isOfRaft: _random.Next(2) == 0);
                break;
            case 3:
                Cut([node], length, isOfRaft: true);
                break;
            default:
                Cut([node], length, isOfRaft: false);
                break;
        }
    }

    private void Cut(StartNode[] side, int length, bool isOfRaft)
    {
        _stage.Note($"{string.Join(", ", side.Select(each => each.Name))}: cut off{(isOfRaft ? "" : " for Akka.Remote")}");
        var pairs = side.SelectMany(one => _nodes.Except(side).Select(other => (one.Name, other.Name)))
            .SelectMany(pair => new[] { (From: pair.Item1, To: pair.Item2), (From: pair.Item2, To: pair.Item1) }).ToList();

        // Sometimes only one direction.
        pairs = _random.Next(4) == 0 ? [.. pairs.Where((_, place) => place % 2 == 0)] : pairs;
        foreach (var (from, to) in pairs)
        {
            Set(from, to, isCut: true);
        }

        Plan(length, () => pairs.ForEach(pair => Set(pair.From, pair.To, isCut: false)));

        void Set(string from, string to, bool isCut)
        {
            if (!isOfRaft)
            {
                _ = isCut ? AkkaNetwork.Current.Cuts.Add((from, to)) : AkkaNetwork.Current.Cuts.Remove((from, to));
            }
            else if (isCut)
            {
                _stage.Network.Cut(from, to);
            }
            else
            {
                _stage.Network.Mend(from, to);
            }
        }
    }

    // The others have not taken it up for long, although nothing was wrong. Akka.Cluster forgets a node that joins while it is partitioned.
    private bool IsStranded(StartNode node) => node.IsMember && Now - _quietSince > StrandedAfter && Now - node.StartedAt > StrandedAfter
        && _nodes.Count(each => each != node && each.IsMember && each.Members.Contains(node.Address!))
            < _nodes.Max(one => _nodes.Count(each => each != one && each.IsMember && one.IsRunning && each.Members.Contains(one.Address!)));

    private void Plan(int afterMs, Action run) => _plan.Enqueue(run, Now + TimeSpan.FromMilliseconds(afterMs));

    private void StartLater(StartNode node, int afterMs) => Plan(afterMs, () =>
    {
        if (node.IsRunning && !node.IsRemoved)
        {
            // It has not left yet, or a fault has restarted it already.
            return;
        }

        if (node.IsRunning)
        {
            node.Kill();
        }

        node.Start(_nodes);

        // The network of a new container comes up late.
        if (_random.Next(LateNetworkOneOf) == 0)
        {
            Cut([node], _random.Next(FaultMaxMs), isOfRaft: _random.Next(2) == 0);
        }
    });

    private void Step()
    {
        _stage.World.RunUntil(Now + Look);

        // Before a node goes on: one that stood still downs itself as soon as it runs.
        Trace();
        if (Clusters().Count() > 1)
        {
            _twoSince ??= Now;
        }

        while (_plan.TryPeek(out var next, out var at) && at <= Now)
        {
            _plan.Dequeue();
            next();
        }

        _quietSince = _plan.Count > 0 ? Now : _quietSince;
        foreach (var node in _nodes.Where(IsStranded))
        {
            _stage.Note($"{node.Name} is stranded");
            _stranded++;
            node.Kill();
        }

        // Their program is restarted, as a container is.
        foreach (var node in _nodes.Where(each => each is { IsRunning: true, IsRemoved: true }))
        {
            node.Kill();
        }

        foreach (var node in _nodes.Where(each => !each.IsRunning && _plan.Count == 0))
        {
            StartLater(node, _random.Next(SlowStartMaxMs));
        }

    }

    // A member is in the cluster of the members that it knows, and a node that knows no other one has formed a cluster. The sides of a
    // partition are one cluster, of which the downing ends one side.
    private void Trace()
    {
        for (var found = true; found;)
        {
            found = false;
            foreach (var node in _nodes.Where(each => each.IsMember && !_clusters.ContainsKey(each.Address!)))
            {
                if (node.Members.FirstOrDefault(_clusters.ContainsKey) is { } known)
                {
                    _clusters[node.Address!] = _clusters[known];
                    found = true;
                }
            }

            if (!found && _nodes.FirstOrDefault(each => each.IsMember && !_clusters.ContainsKey(each.Address!)) is { } founder)
            {
                _clusters[founder.Address!] = ++_count;
                _stage.Note($"{founder.Name} has formed the cluster {_count}");
                found = true;
            }
        }
    }

    private IEnumerable<IGrouping<int, StartNode>> Clusters() =>
        _nodes.Where(each => each.IsUp).GroupBy(each => _clusters[each.Address!]);

    private bool IsOneCluster() => Array.TrueForAll(_nodes, each => each.IsUp && each.Members.Count == _nodes.Length)
        && _nodes[0].Members.SetEquals(_nodes.Select(each => each.Address!));

    private string Describe() => string.Join("; ", _nodes.Where(each => each.IsMember).Select(each =>
        $"{each.Name} of cluster {_clusters[each.Address!]} is {each.Cluster!.SelfMember.Status} and sees "
        + string.Join(" ", each.Members.Select(member => member.Address.Host).Order(StringComparer.Ordinal))));
}

/// <summary>One start of all nodes.</summary>
/// <param name="Name">Its kind.</param>
/// <param name="HasTwo">Two clusters existed at one time.</param>
/// <param name="IsOne">All nodes came into one cluster.</param>
/// <param name="Time">Until then.</param>
/// <param name="Stranded">The nodes that were restarted because the others had not taken them up.</param>
/// <param name="Detail">What each node sees at the end.</param>
internal sealed record StartResult(string Name, bool HasTwo, bool IsOne, TimeSpan Time, int Stranded, string Detail);
