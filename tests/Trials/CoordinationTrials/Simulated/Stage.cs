using Akka.Actor;

using CoordinationTrials.Faults;
using CoordinationTrials.Node;

namespace CoordinationTrials.Simulated;

/// <summary>The virtual time, the network and the trace of five nodes. They run on this thread until Dispose.</summary>
internal sealed class Stage : IDisposable
{
    private const int LinesMax = 20_000;

    private static readonly string[] Names = [.. Enumerable.Range(1, FaultyCluster.Count).Select(ClusterNode.NameOf)];

    private static Stage _current = null!; // Justification: set by each run.

    private readonly SimulatedThread _thread;
    private readonly Queue<string> _lines = [];

    // The pool's one thread belongs to the simulation too.
    private SimulatedThread? _pool;

    public Stage(int seed)
    {
        _current = this;
        World = new PoolWorld(seed);
        AkkaNetwork.Current = new(World, Network);
        _thread = new(World);
        OnPool(() => _pool = new(World));
    }

    public World World { get; }

    public SimulatedNetwork Network => World.Network;

    /// <summary>The configuration of all nodes.</summary>
    public static Config Config { get; } =
        ConfigOf().WithFallback(NodeConfig.Shared(Downing.Raft, 1)).WithFallback(Raft.DefaultConfig());

    /// <summary>The last lines that the nodes have logged, and what happened to them.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Adds a line of a node's log to the trace.</summary>
    public static void Log(ActorSystem system, LogEvent line)
    {
        if (!line.LogSource.Contains("/endpointManager/", StringComparison.Ordinal)
            && !line.LogSource.StartsWith("remoting", StringComparison.Ordinal))
        {
            _current.Note($"{system.Settings.Config.GetString("raft.node")} {line.LogLevel()} {line.LogSource}: {line.Message}");
        }
    }

    public void Note(string text)
    {
        if (_lines.Count == LinesMax)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(FormattableString.Invariant($"{World.Now.TotalSeconds:0.000} {text}"));
    }

    public void Dispose()
    {
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
}
