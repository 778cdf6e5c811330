using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Tests.Groups;

/// <summary>
/// Snapshots of the actors' state, in a group of four, one of which may start late. Few entries are retained behind them.
/// </summary>
public sealed class SnapshotTests : TestKit
{
    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        raft.roster = ["raft1@node1", "raft2@node1", "raft3@node1", "raft4@node1"]
        raft.snapshot { after-entries = 10, retained-entries = 2 }
        """).WithFallback(VirtualGroup.Config);

    private VirtualGroup _group;

    public SnapshotTests()
        : base(Config) => _group = new VirtualGroup(this);

    [Fact]
    public void State_that_grows_with_every_pair_is_snapshotted_more_and_more_rarely()
    {
        const int pairs = 60;
        var often = ConfigurationFactory.ParseString("raft.snapshot.after-entries = 1\nakka.loglevel = ERROR").WithFallback(Config);
        var system = ActorSystem.Create("often", often);
        _group = new VirtualGroup(this, system);
        Found();
        var large = new string('x', 1000);
        for (var i = 0; i < pairs; i++)
        {
            _group.Actors["raft1"].Tell(new Recorder.Append("key", large), TestActor);
            _group.Advance();
        }

        // The written state has all pairs up to a serial.
        var told = _group.AdvanceUntil("raft2", $"append {pairs} key={large}");
        var written = told.Where(what => what.StartsWith("take ")).Select(what => int.Parse(what.Split(' ')[1])).ToList();
        Assert.InRange(written.Sum(), pairs, 4 * pairs);
        Assert.InRange(written[^1], pairs / 2, pairs);
        Stop(system);
    }

    [Fact]
    public void Log_is_not_discarded_before_the_snapshot_of_the_actor_is_durable()
    {
        Found();
        var store = _group.Stores["raft2"];
        store.HoldSnapshots();
        Append(25);
        var told = _group.AdvanceUntil("raft2", "append 25 key=25");
        Assert.Contains(told, what => what.StartsWith("take "));
        Assert.True(store.Waiting > 0);
        Assert.Null(store.DiscardedTo);

        store.Release();
        _group.AwaitIdle();

        Assert.True(store.DiscardedTo > LogIndex.Zero);
    }

    [Fact]
    public void Restarted_process_begins_with_the_snapshot_and_the_log_after_it()
    {
        var config = Config.WithFallback(ConfigurationFactory.ParseString("akka.loglevel = ERROR"));
        var first = ActorSystem.Create("first", config);
        _group = new VirtualGroup(this, first);
        Found();
        Append(25);
        _group.AdvanceUntil("raft1", "append 25 key=25 own");
        Stop(first);
        var system = ActorSystem.Create("again", config);
        var again = new VirtualGroup(this, system, _group.Stores);
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            again.StartSnapshotting(name);
        }

        var told = again.AdvanceUntil("raft2", "serial 25 key=25");

        Assert.StartsWith("restore ", told.First(what => !what.StartsWith("quorum")));
        AssertThatNothingIsMissingOrDouble(told, until: 25);
        Assert.True(_group.Stores["raft2"].Recovered!.State.Base.Index > LogIndex.Zero);
        Stop(system);
    }

    [Fact]
    public void Actor_whose_state_cannot_be_taken_is_asked_again_later()
    {
        Found();
        _group.Actors["raft1"].Tell(new Recorder.Append("key", "secret"), ActorRefs.NoSender);
        _group.AdvanceUntil("raft1", "append 1 key=secret own");
        Append(9);
        var first = _group.AdvanceUntil("raft1", "started");
        Assert.StartsWith("take ", first[^2]);

        Append(10);

        // The snapshot was not written, so the new life gets all pairs from the first on.
        Assert.Contains("serial 1 key=secret", _group.AdvanceUntil("raft1", "started"));
    }

    [Fact]
    public void Damaged_results_behind_the_state_stop_the_engine_with_the_remedy()
    {
        Found();
        Append(25);
        _group.AdvanceUntil("raft3", "append 25 key=25");
        _group.Stores["raft3"].GarblesReads = true;

        EventFilter.Error(contains: "its store failed: The results behind the state of the snapshot are damaged")
            .ExpectOne(() => _group.Actors["raft3"].Tell(new InvalidOperationException("a restart")));

        Assert.DoesNotContain(_group.AdvanceUntil("raft3", "quorum lost"), what => what.StartsWith("restore"));
    }

    private void Found()
    {
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            _group.StartSnapshotting(name);
        }

        _group.AdvanceUntil("raft1", "leads");
    }

    private static void Stop(ActorSystem system) => Assert.True(system.Terminate().Wait(TimeSpan.FromSeconds(30)));

    private void Append(int count)
    {
        var first = _group.StatusOf("raft1").Committed.Value;
        for (var i = 1; i <= count; i++)
        {
            _group.Actors["raft1"].Tell(new Recorder.Append("key", $"{first + i}"), TestActor);
            _group.AwaitIdle();
        }

        ReceiveN(count);
    }

    // The last life got each pair once, in order: first those in the snapshot's state, then those after it.
    private static void AssertThatNothingIsMissingOrDouble(List<string> told, long until)
    {
        var last = told.FindLastIndex(what => what.StartsWith("restore "));
        var state = told[last].Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0]);
        var after = told.Skip(last)
            .Where(what => what.StartsWith("append ") || what.StartsWith("serial "))
            .Select(what => what.Split(' ')[1]);
        Assert.Equal(Enumerable.Range(1, (int)until).Select(serial => $"{serial}"), state.Concat(after));
    }
}
