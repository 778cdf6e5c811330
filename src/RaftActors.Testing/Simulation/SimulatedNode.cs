using Akka.Actor;
using Akka.Configuration;

using RaftActors.Testing.DiskModel;

namespace RaftActors.Testing.Simulation;

/// <summary>A machine with a disk and a clock.</summary>
/// <param name="number">From 0.</param>
internal sealed class SimulatedNode(World world, int number, string name)
{
    // Steps of the clock do not lead to times that do not exist.
    private static readonly DateTimeOffset Midnight = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<Turn> _held = [];
    private TimeSpan _stepped;

    public int Number => number;

    public string Name => name;

    /// <summary>Null while the node is down.</summary>
    public NodeLife? Life { get; private set; }

    /// <summary>Null while the node is down.</summary>
    public ActorSystem? System => Life?.System;

    public bool IsPaused { get; private set; }

    /// <summary>How fast its clock runs.</summary>
    public double Rate { get; init; } = 1;

    public bool HasSlowDisk { get; set; }

    /// <summary>Sets the free bytes of the disk, or removes their bound with null.</summary>
    public void SetFree(long? bytes) => Disk.Capacity = bytes is { } free ? Disk.Capacity - Disk.FreeBytes() + free : long.MaxValue;

    public TimeSpan WriteMax => TimeSpan.FromMilliseconds(HasSlowDisk ? 300 : 1);

    /// <summary>Measures durations.</summary>
    public TimeSpan Clock => world.Now * Rate;

    public DateTimeOffset TimeOfDay => Midnight + Clock + _stepped;

    public ModelDisk Disk { get; private set; } = new();

    public void StepClock(TimeSpan by) => _stepped += by;

    public TimeSpan ToWorld(TimeSpan span) => span / Rate;

    /// <summary>Starts the node.</summary>
    /// <param name="then">Called as a turn of the node.</param>
    public void Start(Config config, Action<NodeLife> then)
    {
        var life = Life = new NodeLife(world, this, config);
        world.RunAs(life, () => then(life));
    }

    /// <summary>Ends the node without a warning. The power goes, so the disk loses what was not synced.</summary>
    /// <returns>Completes when the actor system has ended.</returns>
    public Task Crash()
    {
        // First, because the actors that end close their stores on the thread pool, and a store that is closed writes.
        var found = Disk.CutNow(below => world.Prng.Between(0, below - 1));
        Disk = new ModelDisk(found) { Capacity = Disk.Capacity };
        if (Life is { } life)
        {
            world.Network.OnCrash(life);
        }

        var ended = Life?.End() ?? Task.CompletedTask;
        Life = null;
        IsPaused = false;
        _held.Clear();
        return ended;
    }

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        _held.ForEach(world.Post);
        _held.Clear();
    }

    /// <summary>Keeps a turn until the node goes on.</summary>
    public void Hold(Turn turn) => _held.Add(turn);
}
