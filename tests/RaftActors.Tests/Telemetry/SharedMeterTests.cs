namespace RaftActors.Tests.Telemetry;

/// <summary>Several actor systems in one program, on real files and a real clock. They share the instruments.</summary>
public sealed class SharedMeterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ActorSystem> _systems = [];

    [Fact]
    public async Task Tags_tell_the_groups_of_two_systems_apart()
    {
        using var metrics = new MetricRecorder("raft.group", group => group is "metered1" or "metered2");
        var (first, second) = (Start("metered1"), Start("metered2"));

        await first.Ask<Outcome<int>>(new Recorder.Append("key", "value", Guard), Guard);
        await second.Ask<Outcome<int>>(new Recorder.Append("key", "value", Guard), Guard);
        await second.Ask<Outcome<int>>(new Recorder.Append("key", "value", Guard), Guard);

        Assert.Equal(["metered1", "metered2", "metered2"], metrics.Of("raft.appends").Select(each => each.Tags["raft.group"]));
        Assert.All(metrics.Of("raft.commit.duration"), each => Assert.InRange(each.Value, 0, Guard.TotalSeconds));
    }

    [Fact]
    public async Task Syncs_of_a_store_are_measured_with_their_entries_and_the_directory()
    {
        using var metrics = new MetricRecorder("raft.directory", directory => directory.StartsWith(_folder.Path, StringComparison.Ordinal));

        var actor = Start("metered3");

        await actor.Ask<Outcome<int>>(new Recorder.Append("key", "value", Guard), Guard);
        var before = metrics.Of("raft.fsync.entries").Sum(each => each.Value);

        await actor.Ask<Outcome<int>>(new Recorder.Append("key", "value", Guard), Guard);

        Assert.Equal(before + 1, metrics.Of("raft.fsync.entries").Sum(each => each.Value));
        Assert.Equal(metrics.Of("raft.fsync.entries").Count(), metrics.Of("raft.fsync.duration").Count());
        Assert.All(metrics.Of("raft.fsync.duration"), each => Assert.InRange(each.Value, 0, Guard.TotalSeconds));
        Assert.All(metrics.All, each => Assert.Equal(_folder["metered3"], Assert.Single(each.Tags).Value));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
        {
            await system.Terminate().WaitAsync(Guard);
        }

        _folder.Dispose();
    }

    private IActorRef Start(string group)
    {
        var system = ActorSystem.Create(group, ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            raft {
              node = node1
              group = {{group}}
              roster = ["raft1@node1"]
              quorum.allow-fewer-than-three = on
              tick-interval = 20ms
              heartbeat-interval = 60ms
              election-timeout { min = 200ms, max = 400ms }
              store { directory = "{{_folder[group]}}", segment-size = 2MiB }
            }
            """));
        _systems.Add(system);
        var watcher = system.DeadLetters;
        return system.ActorOf(Props.Create(() => new Recorder(watcher, null)), "raft1");
    }
}
