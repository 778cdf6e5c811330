using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

using CoordinationTrials.Faults;
using CoordinationTrials.Node;

using RaftActors;
using RaftActors.Testing.Simulation;

namespace CoordinationTrials.Simulated;

/// <summary>One cluster of five nodes in virtual time. The seed decides the faults and the network.</summary>
internal sealed class ClusterRun : FaultyCluster, IDisposable
{
    private const int LinesMax = 20_000;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UsualPatience = TimeSpan.FromMinutes(2);
    private static readonly string[] Names = [.. Enumerable.Range(1, Count).Select(ClusterNode.NameOf)];

    private static ClusterRun _current = null!; // Justification: set by each run.

    private readonly World _world;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedThread _thread;
    private readonly Queue<string> _lines = [];
    private readonly ClusterNode[] _nodes;
    private readonly Config _config;

    // The pool's one thread belongs to the simulation too.
    private SimulatedThread? _pool;

    public ClusterRun(int seed)
        : base(Downing.Raft, seed, scale: 1)
    {
        _current = this;
        _world = new(seed) { AllowsPool = true };
        _network = new(_world);
        AkkaNetwork.Current = new(_world, _network);
        _thread = new(_world);
        OnPool(() => _pool = new(_world));
        _config = ConfigOf().WithFallback(NodeConfig.Shared(Downing.Raft, 1)).WithFallback(Raft.DefaultConfig());
        _nodes = [.. Enumerable.Range(1, Count).Select(number => new ClusterNode(_world, _network, Register, number))];
    }

    public override IReadOnlyList<FaultyNode> Nodes => _nodes;

    public override TimeSpan Now => _world.Now;

    /// <summary>The last lines that the nodes have logged, and what happened to them.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    protected override TimeSpan JoinPatience => TimeSpan.FromSeconds(20);

    protected override TimeSpan RecoveryPatience => TimeSpan.FromMinutes(4);

    /// <summary>Adds a line of a node's log to the trace.</summary>
    public static void Log(ActorSystem system, LogEvent line)
    {
        var node = Array.Find(_current._nodes, each => each.System == system)?.Address ?? "-";
        if (!line.LogSource.Contains("/endpointManager/", StringComparison.Ordinal)
            && !line.LogSource.StartsWith("remoting", StringComparison.Ordinal))
        {
            _current.Note($"{node} {line.LogLevel()} {line.LogSource}: {line.Message}");
        }
    }

    public override void Note(string text)
    {
        if (_lines.Count == LinesMax)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(FormattableString.Invariant($"{Now.TotalSeconds:0.000} {text}"));
    }

    /// <summary>Runs the world until it is so. Nodes that were downed end meanwhile.</summary>
    /// <inheritdoc/>
    public override Task Until(Func<bool> isIt, Func<string> problem, TimeSpan? patience = null)
    {
        for (var end = Now + (patience ?? UsualPatience); Now < end;)
        {
            _world.RunUntil(Now + Look);
            foreach (var node in _nodes.Where(each => each.IsRemoved))
            {
                Note($"{node.Address} ends, because it was removed from the cluster");
                node.Kill();
            }

            if (isIt())
            {
                return Task.CompletedTask;
            }
        }

        throw new TrialFailure(problem());
    }

    public void Dispose()
    {
        Array.ForEach(_nodes, node => node.Kill());
        OnPool(_pool!.Dispose);
        _thread.Dispose();
    }

    protected override void Rule(IReadOnlyCollection<(int From, int To)> cut)
    {
        _network.MendAll();
        foreach (var (from, to) in cut)
        {
            _network.Cut(ClusterNode.NameOf(from), ClusterNode.NameOf(to));
        }
    }

    protected override void Start(FaultyNode node)
    {
        // Also if all nodes have ended.
        var founds = !_nodes.Any(each => each.IsInCluster);
        Note($"{node.Address} starts{(founds ? " and founds the cluster" : "")}");
        ((ClusterNode)node).Start(_config, () => _nodes.FirstOrDefault(each => each.IsUp)?.Cluster?.SelfAddress, founds);
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
}
