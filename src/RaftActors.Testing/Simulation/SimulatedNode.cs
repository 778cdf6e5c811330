using System.Collections.Concurrent;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Storage;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Testing.Simulation;

/// <summary>A machine with a disk, and the actor system that runs on it between a start and a crash.</summary>
internal sealed class SimulatedNode
{
    private const int SegmentSize = 128 * 1024;
    private const string NodeKey = "raft-simulation.node";

    private static readonly ConcurrentDictionary<string, SimulatedNode> Starting = new();
    private static long _starts;

    private readonly World _world;
    private readonly List<Action> _held = [];
    private ModelDisk _disk = new() { IsRecording = false };
    private StoreDirectory? _directory;
    private bool _writesSoon;
    private int _live;
    private bool _isLive;

    public SimulatedNode(World world, int number, string name) => (_world, Number, Name) = (world, number, name);

    public int Number { get; }

    public string Name { get; }

    /// <summary>The number of the present start. It changes with a crash, so that what the former start left is dropped.</summary>
    public int Life { get; private set; }

    /// <summary>Null: the node is down.</summary>
    public ActorSystem? System { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>How fast its clock runs.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>The longest time that a write takes.</summary>
    public TimeSpan WriteMax { get; set; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan Clock => _world.Now * Rate;

    public ModelDisk Disk => _disk;

    /// <summary>The node that an actor system belongs to.</summary>
    public static SimulatedNode Of(Config config) => Starting[config.GetString(NodeKey)];

    public TimeSpan ToWorld(TimeSpan span) => span / Rate;

    public void Post(Action run)
    {
        if (!Volatile.Read(ref _isLive))
        {
            _world.Post(this, run);
            return;
        }

        Interlocked.Increment(ref _live);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                run();
                Interlocked.Decrement(ref _live);
            },
            null);
    }

    public void After(TimeSpan delay, Action run, ICancelable? cancelable = null) =>
        _world.After(ToWorld(delay), this, run, cancelable);

    /// <summary>
    /// Starts the actor system. Akka.NET waits for its own actors meanwhile, so they run on the thread pool until they rest.
    /// </summary>
    public void Start(Config config, Action<ActorSystem> then)
    {
        var start = Interlocked.Increment(ref _starts).ToString(global::System.Globalization.CultureInfo.InvariantCulture);
        Starting[start] = this;
        _isLive = true;
        try
        {
            System = ActorSystem.Create("simulated", Defaults(start).WithFallback(config));
            SpinWait.SpinUntil(() => Volatile.Read(ref _live) == 0);
        }
        finally
        {
            _isLive = false;
            Starting.TryRemove(start, out _);
        }

        _world.RunAs(this, () => then(System));
    }

    /// <summary>Ends the node without a warning. The power goes, so the disk loses what was not synced.</summary>
    public void Crash()
    {
        Life++;
        System = null;
        IsPaused = false;
        _held.Clear();
        _directory = null;
        _writesSoon = false;
        _disk = new ModelDisk(_disk.CutNow(below => _world.Prng.Between(0, below - 1)).Found) { IsRecording = false };
    }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        foreach (var turn in _held)
        {
            _world.Post(this, turn);
        }

        _held.Clear();
    }

    public void Hold(Action turn) => _held.Add(turn);

    // Small files, because the model of the disk copies a file when it is synced.
    public StoreDirectory OpenDirectory(StoreOptions options) => _directory = StoreDirectory.Open(
        options with { SegmentSizeBytes = SegmentSize, FreeSpaceFloorBytes = 0 }, _disk, NewIdentity);

    /// <summary>Writes what the stores have queued, after a while.</summary>
    public void WriteSoon()
    {
        if (!_writesSoon)
        {
            _writesSoon = true;
            _world.After(_world.Between(TimeSpan.FromMicroseconds(50), WriteMax), this, () =>
            {
                _writesSoon = false;
                _directory?.WriteQueued();
            });
        }
    }

    private Guid NewIdentity()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, _world.Prng.Next());
        BitConverter.TryWriteBytes(bytes[sizeof(ulong)..], _world.Prng.Next());
        return new Guid(bytes);
    }

    private Config Defaults(string start) => ConfigurationFactory.ParseString(
        $$"""
        {{NodeKey}} = "{{start}}"
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          loggers = []
          log-dead-letters = off
          scheduler.implementation = "{{typeof(SimulatedScheduler).AssemblyQualifiedName}}"
          actor {
            provider = local
            default-dispatcher { type = "{{typeof(SimulatedDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
            internal-dispatcher { type = "{{typeof(SimulatedDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
          }
          coordinated-shutdown { run-by-clr-shutdown-hook = off, exit-clr = off }
        }
        raft { node = "{{Name}}", transport = custom, store.directory = "/simulated/{{Name}}" }
        """);
}
