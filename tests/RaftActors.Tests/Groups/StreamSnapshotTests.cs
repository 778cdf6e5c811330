using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Tests.Groups;

/// <summary>Snapshots that the actors write as streams, on threads of their own.</summary>
public sealed class StreamSnapshotTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        raft.roster = ["raft1@node1", "raft2@node1", "raft3@node1", "raft4@node1"]
        raft.snapshot { after-entries = 10, retained-entries = 2 }
        """).WithFallback(VirtualGroup.Config);

    private readonly VirtualGroup _group;
    private readonly StreamRecorder.Script _third;

    public StreamSnapshotTests()
        : base(Config)
    {
        _group = new VirtualGroup(this);
        _group.StartStreaming("raft1");
        _group.StartStreaming("raft2");
        _third = _group.StartStreaming("raft3");
        _group.AdvanceUntil("raft1", "leads");
    }

    [Fact]
    public void Store_without_room_drops_the_snapshot_with_a_warning_and_the_actor_goes_on()
    {
        _group.Stores["raft3"].StreamFailure = new StoreException("There is no room for it.");
        Append(7);

        EventFilter.Warning(contains: "There is no room for it.").ExpectOne(() => Append(1));

        _group.Stores["raft3"].StreamFailure = null;
        Append(12);
        AwaitSnapshot("raft3", count: 2);
        Assert.DoesNotContain("started", _group.AdvanceUntil("raft3", "append 20 key=20"));
        Assert.NotNull(_group.Stores["raft3"].DiscardedTo);
    }

    [Fact]
    public void Snapshot_without_room_is_taken_again_after_30_s_without_further_pairs()
    {
        var store = _group.Stores["raft3"];
        store.StreamFailure = new StoreException("There is no room for it.");
        EventFilter.Warning(contains: "There is no room for it.").ExpectOne(() => Append(8));
        store.StreamFailure = null;
        var refused = Sys.Scheduler.MonotonicClock;

        _group.AdvanceEnginesUntil(() => store.SnapshotEnds.CurrentCount == 2);

        Assert.InRange(Sys.Scheduler.MonotonicClock - refused, TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(31));
        AwaitSnapshot("raft3", count: 2);
        Assert.NotNull(store.DiscardedTo);
    }

    // The results of the actor are behind the state in the same file.
    [Fact]
    public void Restarted_actor_finds_its_state_alone_in_the_stream()
    {
        Append(12);
        AwaitSnapshot("raft3");

        Restart("raft3");

        Assert.DoesNotContain(
            Until("raft3", what => what.StartsWith("restore ", StringComparison.Ordinal)),
            what => what.StartsWith("another end", StringComparison.Ordinal));
    }

    [Fact]
    public void Damaged_results_behind_a_streamed_state_stop_the_engine_with_the_remedy()
    {
        Append(12);
        AwaitSnapshot("raft3");
        _group.Stores["raft3"].GarblesReads = true;

        EventFilter.Error(contains: "its store failed: The results behind the state of the snapshot are damaged")
            .ExpectOne(() => Restart("raft3"));

        Assert.DoesNotContain(Until("raft3", "quorum lost"), what => what.StartsWith("restore"));
    }

    [Fact]
    public async Task Stop_of_the_actor_system_drops_a_state_that_is_being_written()
    {
        _third.Hold();
        Append(12);
        Until("raft3", "writing 8");

        await Sys.Terminate().WaitAsync(Guard);

        Assert.True(await _group.Stores["raft3"].SnapshotEnds.WaitAsync(Guard));
        Assert.Null(_group.Stores["raft3"].DiscardedTo);
    }

    private void Restart(string name) => _group.Actors[name].Tell(new InvalidOperationException("a restart"), TestActor);

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

    // The writer is on a thread of its own.
    private void AwaitSnapshot(string name, int count = 1)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(_group.Stores[name].SnapshotEnds.Wait(Guard));
        }

        _group.AwaitIdle();
    }

    /// <summary>Returns all messages of an actor up to this one, which a thread of the process's own may bring.</summary>
    private List<string> Until(string name, string last) => Until(name, what => what == last);

    private List<string> Until(string name, Func<string, bool> isLast)
    {
        List<string> told = [];
        do
        {
            told.Add(_group.Watchers[name].ExpectMsg<string>(Guard));
        }
        while (!isLast(told[^1]));

        return told;
    }
}
