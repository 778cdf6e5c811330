using System.Collections.Concurrent;
using System.Globalization;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Settings;
using RaftActors.Storage;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// One start of a node, up to its crash: its actor system, and what that has open. While Akka.NET starts or ends the system it waits for
/// its own actors, so these run on the thread pool. In between they run as turns of the world.
/// </summary>
internal sealed class NodeLife
{
    private const string Key = "raft-simulation.life";

    // Small files, because the model of the disk copies a file when it is synced.
    private const int SegmentSize = 16 * 1024;

    private const int FreeSpaceFloor = 16 * 1024;

    // The configuration names its life, because Akka.NET makes dispatchers and schedulers.
    private static readonly ConcurrentDictionary<string, NodeLife> Starting = new();
    internal static readonly Config Quiet = ConfigurationFactory.ParseString(
        "akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [], log-dead-letters = off }");

    // A disk without room is tried again then.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private static long _count;

    private readonly World _world;
    private StoreDirectory? _directory;
    private bool _writesSoon;
    private readonly StartingPool _pool = new();
    private volatile bool _isOver;

    /// <summary>Starts the actor system.</summary>
    public NodeLife(World world, SimulatedNode node, Config config)
    {
        (_world, Node) = (world, node);
        var name = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        Starting[name] = this;
        try
        {
            var settings = Fixed(name, node.Name).WithFallback(config).WithFallback(Quiet);
            ActorSystem? system = null;
            world.RunAs(this, () =>
            {
                system = ActorSystem.Create("simulated", settings);
                _pool.Wait();
            });
            System = system!; // Justification: the world has run the lines above.
        }
        finally
        {
            Starting.TryRemove(name, out _);
        }

        _pool.IsInUse = false;
    }

    public SimulatedNode Node { get; }

    public ActorSystem System { get; }

    /// <summary>The node has crashed, and nothing of this life has an effect.</summary>
    public bool IsOver => _isOver;

    /// <summary>The life that an actor system belongs to.</summary>
    public static NodeLife Of(Config config) => Starting[config.GetString(Key)];

    public void Post(Action run)
    {
        if (!_pool.TryPost(run))
        {
            _world.Post(this, run);
        }
    }

    /// <param name="delay">By the clock of the node.</param>
    /// <param name="cancelable">Null if it cannot be cancelled.</param>
    public void After(TimeSpan delay, Action run, ICancelable? cancelable = null)
    {
        if (!_isOver)
        {
            _world.After(Node.ToWorld(delay), this, run, cancelable);
        }
    }

    public StoreDirectory OpenDirectory(StoreOptions options) => _directory = StoreDirectory.Open(
        options with { SegmentSizeBytes = SegmentSize, FreeSpaceFloorBytes = FreeSpaceFloor },
        Node.Disk,
        Machine.Current.NewGuid,
        queued: WriteSoon);

    // Writes what the stores have queued, after a while.
    private void WriteSoon()
    {
        if (!_writesSoon && !_isOver)
        {
            _writesSoon = true;
            _world.After(_world.Between(TimeSpan.FromMicroseconds(50), Node.WriteMax), this, () =>
            {
                _writesSoon = false;
                _directory?.WriteQueued();
                if (_directory is { IsShortOfSpace: true })
                {
                    _world.After(RetryAfter, this, WriteSoon);
                }
            });
        }
    }

    /// <summary>Ends the life without a warning. The actor system ends outside of the simulation, which releases its memory.</summary>
    /// <returns>Completes when the actor system has ended.</returns>
    public Task End()
    {
        _isOver = _pool.IsInUse = true;
        return System.Terminate();
    }

    private static Config Fixed(string life, string node) => ConfigurationFactory.ParseString(
        $$"""
        {{Key}} = "{{life}}"
        akka {
          scheduler.implementation = "{{typeof(SimulatedScheduler).AssemblyQualifiedName}}"
          actor {
            default-dispatcher { type = "{{typeof(SimulatedDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
            internal-dispatcher { type = "{{typeof(SimulatedDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
          }
          coordinated-shutdown { run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off, exit-clr = off }
        }
        raft { node = "{{node}}", address = node, store.directory = "/simulated/{{node}}" }
        """);
}
