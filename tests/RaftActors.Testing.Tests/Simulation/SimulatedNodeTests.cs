using Akka.Configuration;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>Crashes, pauses and clocks of one node of a simulation.</summary>
public sealed class SimulatedNodeTests : IDisposable
{
    private readonly World _world = new(seed: 1);
    private readonly SimulatedNode _node;
    private readonly List<int> _ran = [];

    public SimulatedNodeTests()
    {
        _node = new SimulatedNode(_world, 0, "n1") { Rate = 0.5 };
        Start();
    }

    public void Dispose() => _node.Crash().Wait(TimeSpan.FromSeconds(2));

    // Of ten writes, the seed lets some survive.
    [Fact]
    public void Crash_loses_writes_that_were_not_synced_and_no_others()
    {
        foreach (var number in Enumerable.Range(0, 10))
        {
            Write($"synced{number}", isSynced: true);
            Write($"unsynced{number}", isSynced: false);
        }

        _node.Crash();

        var found = _node.Disk.List("").ToLookup(name => name.StartsWith("synced", StringComparison.Ordinal), Read);
        Assert.Equal(Enumerable.Repeat(1, 10), found[true]);
        Assert.InRange(found[false].Sum(), 0, 9);
    }

    [Fact]
    public void Crash_drops_the_turns_and_timers_of_the_node()
    {
        var life = _node.Life!; // Justification: it has started.
        life.Post(() => _ran.Add(1));
        life.After(TimeSpan.FromSeconds(1), () => _ran.Add(2));

        _node.Crash();
        Start();
        Run();

        Assert.Empty(_ran);
    }

    [Fact]
    public void Paused_node_stands_still_and_does_what_it_has_missed_when_it_goes_on()
    {
        _node.Pause();
        Begin(1);
        Run();
        Assert.Empty(_ran);

        _node.Resume();
        Run();
        Assert.Equal([1], _ran);
    }

    [Fact]
    public void Node_that_crashes_in_a_pause_does_not_do_what_it_has_missed()
    {
        _node.Pause();
        Begin(1);
        Run();

        _node.Crash();
        Start();
        Begin(2);
        Run();

        Assert.Equal([2], _ran);
    }

    [Fact]
    public void Timers_and_measured_durations_follow_the_rate_of_the_nodes_clock()
    {
        var began = _node.Clock;
        var clock = TimeSpan.Zero;
        _node.Life!.After(TimeSpan.FromSeconds(1), () => clock = _node.Clock - began); // Justification: it has started.

        _world.RunUntil(_world.Now + TimeSpan.FromSeconds(1.9));
        Assert.Equal(TimeSpan.Zero, clock);
        _world.RunUntil(_world.Now + TimeSpan.FromSeconds(0.2));

        Assert.Equal(TimeSpan.FromSeconds(1), clock);
    }

    private void Start() => _node.Start(Config.Empty, _ => { });

    private void Begin(int turn) => _node.Life!.Post(() => _ran.Add(turn)); // Justification: it has started.

    private void Run() => _world.RunUntil(_world.Now + TimeSpan.FromSeconds(5));

    private void Write(string name, bool isSynced)
    {
        using var file = _node.Disk.Create(name, 1);
        file.Write(0, [1]);
        if (isSynced)
        {
            file.Sync();
            _node.Disk.SyncFolder("");
        }
    }

    private int Read(string name)
    {
        using var file = _node.Disk.Open(name);
        Span<byte> content = [0];
        file.Read(0, content);
        return content[0];
    }
}
