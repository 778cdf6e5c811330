using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>A repeat is answered with the result of the first call, whatever happened in between.</summary>
public sealed class RepeatTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        raft.roster = ["raft1@node1", "raft2@node1", "raft3@node1", "raft4@node1"]
        raft.snapshot.retained-entries = 0
        """).WithFallback(VirtualGroup.Config);

    private VirtualGroup _group;

    public RepeatTests()
        : base(Config) => _group = new VirtualGroup(this);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Repeat_after_a_restart_of_the_node_gets_the_first_result(bool hasSnapshot)
    {
        var first = Begin("first");
        Found();
        if (hasSnapshot)
        {
            TakeSnapshot("raft1", "raft2", "raft3");
        }

        var system = BeginAgain(first);
        Start("raft1", "raft2", "raft3");
        _group.AdvanceUntil("raft3", hasSnapshot ? "restore 2" : "count 2");

        AssertRepeated("raft3");
        Stop(system);
    }

    // The engine knows that the pair is committed before the next life has restored the snapshot.
    [Fact]
    public void Repeat_that_outlives_a_life_gets_the_first_result_from_the_snapshot()
    {
        using var mayFail = new ManualResetEventSlim();
        Found();
        TakeSnapshot("raft1");
        _group.Actors["raft1"].Tell(new Recorder.Append("key", "value", TimeSpan.FromDays(1), "order 7"), TestActor);
        _group.Actors["raft1"].Tell(mayFail);
        var ticks = 0;
        _group.AdvanceEnginesUntil(() => ++ticks > 20);

        mayFail.Set();

        _group.AdvanceUntil("raft1", "restore 2");
        ExpectMsg<Outcome<int>.Done>(done => Assert.Equal(new Outcome<int>.Done(new Serial(1), 1, done.Request), done), Guard);
    }

    [Fact]
    public void Repeat_on_a_process_that_was_sent_a_snapshot_gets_the_first_result()
    {
        Found();
        TakeSnapshot("raft1", "raft2", "raft3");

        _group.StartCounting("raft4");
        _group.AdvanceUntil("raft4", "restore 2");

        AssertRepeated("raft4");
    }

    [Fact]
    public void Repeat_on_a_process_that_fetched_the_pair_from_another_one_gets_the_first_result()
    {
        var first = Begin("first");
        Start("raft1", "raft2", "raft3");
        for (var ticks = 0; ticks < 1000 && _group.ViewOf("raft3").Leader is not { IsReady: true }; ticks++)
        {
            _group.Advance();
        }

        var system = BeginAgain(first);
        Start("raft1", "raft2");
        AppendTwo("raft1");

        Start("raft3");
        _group.AdvanceUntil("raft3", "count 2");

        AssertRepeated("raft3");
        Stop(system);
    }

    private void Found()
    {
        Start("raft1", "raft2", "raft3");
        _group.Advance(60);
        AppendTwo("raft3");
        _group.Advance(5);
    }

    private static void Stop(ActorSystem system) => Assert.True(system.Terminate().Wait(Guard));

    // A system of its own, which the test can stop.
    private ActorSystem Begin(string name, IDictionary<string, ScriptedStore>? stores = null)
    {
        var system = ActorSystem.Create(name, ConfigurationFactory.ParseString("akka.loglevel = ERROR").WithFallback(Config));
        _group = new VirtualGroup(this, system, stores);
        return system;
    }

    private ActorSystem BeginAgain(ActorSystem first)
    {
        Stop(first);
        return Begin("again", _group.Stores);
    }

    private void Start(params string[] names)
    {
        foreach (var name in names)
        {
            _group.StartCounting(name);
        }
    }

    private void AppendTwo(string name)
    {
        Append(name, "order 7", new Serial(1), 1);
        Append(name, "order 8", new Serial(2), 2);
    }

    private void TakeSnapshot(params string[] names)
    {
        foreach (var name in names)
        {
            _group.Actors[name].Tell(new Recorder.Snap());
            _group.AdvanceUntil(name, "take 2");
        }

        _group.Advance(5);
    }

    private void AssertRepeated(string name)
    {
        Append(name, "order 7", new Serial(1), 1);
        Append(name, "order 8", new Serial(2), 2);
        Append(name, "order 9", new Serial(3), 3);
    }

    private void Append(string name, string requestKey, Serial serial, int result)
    {
        _group.Actors[name].Tell(new Recorder.Append("key", "value", TimeSpan.FromDays(1), requestKey), TestActor);
        for (var ticks = 0; ticks < 1000 && !HasMessages; ticks++)
        {
            _group.Advance();
        }

        ExpectMsg<Outcome<int>.Done>(done => Assert.Equal(new Outcome<int>.Done(serial, result, done.Request), done), Guard);
    }
}
