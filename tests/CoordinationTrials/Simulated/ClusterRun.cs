using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;

using CoordinationTrials.Check;
using CoordinationTrials.Node;

using RaftActors;
using RaftActors.Testing.Simulation;

namespace CoordinationTrials.Simulated;

/// <summary>One cluster of five nodes in virtual time. The seed decides the faults and the network.</summary>
internal sealed class ClusterRun : IDisposable
{
    private const int LinesMax = 20_000;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan HealthyFor = TimeSpan.FromSeconds(1);
    private static readonly string[] Names = [.. Enumerable.Range(1, Processes.Nodes.Count).Select(ClusterNode.NameOf)];
    private static readonly string[] Resources = [TrialNode.Singleton, TrialNode.Lock, .. TrialNode.Entities];

    private static ClusterRun _current = null!; // Justification: set by each run.

    private readonly int _seed;
    private readonly World _world;
    private readonly SimulatedThread _thread;
    private readonly Queue<string> _lines = [];
    private readonly ClusterNode[] _nodes;
    private readonly HashSet<int> _ended = [];
    private readonly Config _config;
    private int _stranded;

    // The pool's one thread belongs to the simulation too.
    private SimulatedThread? _pool;

    public ClusterRun(int seed)
    {
        _current = this;
        _seed = seed;
        Random = new(seed);
        _world = new(seed) { AllowsPool = true };
        Network = new(_world);
        AkkaNetwork.Current = new(_world, Network);
        _thread = new(_world);
        OnPool(() => _pool = new(_world));
        _config = ConfigOf().WithFallback(NodeConfig.Shared(Downing.Raft, 1)).WithFallback(Raft.DefaultConfig());
        _nodes = [.. Enumerable.Range(1, Processes.Nodes.Count).Select(number => new ClusterNode(_world, Network, Register, number))];
    }

    public TimeSpan Now => _world.Now;

    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    public SimulatedNetwork Network { get; }

    public Register Register { get; } = new();

    /// <summary>Decides about faults and victims.</summary>
    public Random Random { get; }

    /// <summary>The last lines that the nodes have logged, and what happened to them.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Adds a line of a node's log to the trace.</summary>
    public static void Log(ActorSystem system, LogEvent line)
    {
        var node = Array.Find(_current._nodes, each => each.System == system)?.Name ?? "-";
        if (!line.LogSource.Contains("/endpointManager/", StringComparison.Ordinal)
            && !line.LogSource.StartsWith("remoting", StringComparison.Ordinal))
        {
            _current.Note($"{node} {line.LogLevel()} {line.LogSource}: {line.Message}");
        }
    }

    /// <summary>Makes faults, and lets the cluster recover after each of them. Ends with the first round that fails.</summary>
    public IEnumerable<RoundResult> Rounds(int count)
    {
        if (!Recover())
        {
            yield return new("raft", _seed, 0, "start", "", [], 0, 0, 0, [], 0, 0, [], Describe());
            yield break;
        }

        _ended.Clear();
        for (var round = 1; round <= count; round++)
        {
            var result = Round(round);
            yield return result;
            if (result.Failure is not null)
            {
                yield break;
            }
        }
    }

    public void Note(string text)
    {
        if (_lines.Count == LinesMax)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(FormattableString.Invariant($"{Now.TotalSeconds:0.000} {text}"));
    }

    /// <summary>Runs until a condition holds. Nodes that were downed end meanwhile.</summary>
    /// <returns>Whether it holds in time.</returns>
    public bool Until(Func<bool> holds, TimeSpan limit)
    {
        for (var end = Now + limit; Now < end;)
        {
            _world.RunUntil(Now + Look);
            EndRemoved();
            if (holds())
            {
                return true;
            }
        }

        return false;
    }

    public ClusterNode HolderOf(string resource) => _nodes[Register.Latest(resource)!.Node - 1]; // Justification: the nodes have recovered.

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node.Kill();
        }

        OnPool(_pool!.Dispose);
        _thread.Dispose();
    }

    private static Config ConfigOf() => ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = INFO
          loggers = ["{{typeof(SimulatedLogger).AssemblyQualifiedName}}"]
          actor.provider = cluster
          remote {
            default-remote-dispatcher { type = "{{typeof(SimulatedDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
            backoff-remote-dispatcher { type = "{{typeof(SimulatedDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
            enabled-transports = ["akka.remote.simulated"]
            simulated { transport-class = "{{typeof(SimulatedTransport).AssemblyQualifiedName}}", applied-adapters = [] }
            # Gates are timed by the clock of the machine.
            retry-gate-closed-for = 1ms
            watch-failure-detector.implementation-class = "{{typeof(SimulatedPhiDetector).AssemblyQualifiedName}}"
            transport-failure-detector.implementation-class = "{{typeof(SimulatedDeadlineDetector).AssemblyQualifiedName}}"
          }
          cluster {
            seed-nodes = []
            run-coordinated-shutdown-when-down = off
            failure-detector.implementation-class = "{{typeof(SimulatedPhiDetector).AssemblyQualifiedName}}"
          }
          coordination.lease.raft.lease-class = "{{typeof(SimulatedLease).AssemblyQualifiedName}}"
        }
        raft {
          roster = [{{string.Join(", ", Names.Select(name => $"\"coordination@{name}\""))}}]
          client.contacts = [{{string.Join(", ", Names)}}]
        }
        """);

    private static void OnPool(Action run)
    {
        using ManualResetEventSlim done = new();
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                run();
                done.Set();
            },
            null);
        done.Wait();
    }

    private void EndRemoved()
    {
        foreach (var node in _nodes.Where(each => each.IsRemoved))
        {
            Note($"{node.Name} ends, because it was removed from the cluster");
            node.Kill();
        }

        _ended.UnionWith(_nodes.Where(each => !each.IsRunning).Select(each => each.Number));
    }

    private void Start(ClusterNode node)
    {
        // Also if all nodes have ended.
        var founds = !_nodes.Any(each => each.IsInCluster);
        Note($"{node.Name} starts{(founds ? " and founds the cluster" : "")}");
        node.Start(_config, () => _nodes.FirstOrDefault(each => each.IsUp)?.Cluster?.SelfAddress, founds);
    }

    private bool Recover()
    {
        var (since, unhealthyAt) = (Now, Now);
        return Until(
            () =>
            {
                foreach (var node in _nodes.Where(each => IsStranded(each, since)))
                {
                    Note($"{node.Name} is stranded");
                    node.Kill();
                    _ended.Add(node.Number);
                    _stranded++;
                }

                foreach (var node in _nodes.Where(each => !each.IsRunning))
                {
                    Start(node);
                }

                if (!IsHealthy(since))
                {
                    unhealthyAt = Now;
                }

                return Now - unhealthyAt > HealthyFor;
            },
            Patience);
    }

    // It runs and fewer nodes have taken it up than others, although nothing was wrong for a while.
    private bool IsStranded(ClusterNode node, TimeSpan since) => node.IsRunning
        && Now - since > JoinPatience && Now - node.StartedAt > JoinPatience && FollowersOf(node) < _nodes.Max(FollowersOf);

    private int FollowersOf(ClusterNode node) => _nodes.Count(each => each != node
        && each.Cluster?.State.Members.Any(member => member.Address.Host == node.Name && member.Status == MemberStatus.Up) == true);

    private bool IsHealthy(TimeSpan since) =>
        _nodes.All(node => node.Cluster is { } cluster && cluster.State.Unreachable.IsEmpty
            && cluster.State.Members.Count == Processes.Nodes.Count
            && cluster.State.Members.All(member => member.Status == MemberStatus.Up))
        && Resources.All(each => Register.Latest(each) is { } latest && latest.At > since.Ticks);

    private string Describe() => string.Join("; ", _nodes
        .Select(node => node.Cluster is { } cluster
            ? $"{node.Name} sees {string.Join(" ", cluster.State.Members.Select(member => $"{member.Address.Host} {member.Status}"))}, "
                + $"unreachable {string.Join(" ", cluster.State.Unreachable.Select(member => member.Address.Host))}"
            : $"{node.Name} is down")
        .Concat(Resources.Select(each => Register.Latest(each) is { } latest
            ? FormattableString.Invariant($"{each} was written {(Now.Ticks - latest.At) / 1e7:0.0} s ago by n{latest.Node}")
            : $"{each} was never written")));

    private RoundResult Round(int number)
    {
        var (accepted, refused, problems) = (Register.Accepted, Register.Refused, Register.Problems.Count);
        var begin = Now;
        var holders = Resources.ToDictionary(each => each, HolderOf);
        SimulatedFault fault = new(this, holders);
        var failure = fault.Make();
        var lasted = Now - begin;
        foreach (var node in _nodes)
        {
            node.HasSlowDisk = false;
            node.SetFree(null);
        }

        if (failure is null && !Recover())
        {
            failure = Describe();
        }

        RoundResult result = new(
            "raft",
            _seed,
            number,
            fault.Name,
            fault.Detail,
            [.. _ended.Order()],
            _stranded,
            Register.Accepted - accepted,
            Register.Refused - refused,
            [.. Register.Problems.Skip(problems)],
            Math.Round(lasted.TotalSeconds, 1),
            Math.Round((Now - begin - lasted).TotalSeconds, 1),
            [.. fault.Takeovers()],
            failure);
        _ended.Clear();
        _stranded = 0;
        return result;
    }
}
