using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Tests.Groups;

/// <summary>The calls of clients for a snapshot, up to each of their ends. The test is the client.</summary>
public sealed class SnapshotCallTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        akka.loglevel = ERROR
        raft.roster = ["raft1@node1", "raft2@node1", "raft3@node1", "raft4@node1"]
        raft.snapshot { after-entries = 1000, retained-entries = 2 }
        raft.quiescence { enabled = on, after = 1s }
        """).WithFallback(VirtualGroup.Config);

    private readonly VirtualGroup _group;

    public SnapshotCallTests()
        : base(Config) => _group = new VirtualGroup(this);

    [Fact]
    public void Call_is_answered_when_the_snapshot_is_durable_and_not_before()
    {
        Found();
        Append(3);
        _group.Stores["raft2"].HoldSnapshots();

        Call("raft2");
        _group.AdvanceUntil("raft2", "take 3");
        _group.Advance(10);
        ExpectNoMsg(TimeSpan.Zero);
        Assert.True(_group.Stores["raft2"].Waiting > 0);

        _group.Stores["raft2"].Release();
        _group.Settle();
        Assert.Equal(3, ExpectTaken().Position.Serial.Value);
    }

    [Fact]
    public void Call_without_a_commit_since_the_latest_snapshot_is_answered_with_that_one()
    {
        Found();
        Append(3);
        Call("raft1");
        var first = ExpectTaken();

        Call("raft1");

        Assert.Equal(first, ExpectTaken());
        Assert.Single(ToldBy("raft1"), what => what.StartsWith("take "));
    }

    [Fact]
    public void Call_while_a_snapshot_is_being_saved_waits_for_the_next_one_if_that_one_does_not_cover_it()
    {
        Found();
        Append(3);
        _group.Stores["raft1"].HoldSnapshots();
        var (early, late) = (CreateTestProbe(), CreateTestProbe());
        Call("raft1", early);
        _group.AdvanceUntil("raft1", "take 3");
        Append(1);
        Call("raft1", late);

        _group.Stores["raft1"].Release();
        _group.Settle();

        Assert.Equal(3, early.ExpectMsg<ClientReply.SnapshotTaken>(Guard).Position.Serial.Value);
        Assert.Equal(4, late.ExpectMsg<ClientReply.SnapshotTaken>(Guard).Position.Serial.Value);
    }

    [Fact]
    public void Repeated_call_waits_hears_the_progress_once_when_its_time_is_nearly_over_and_is_answered_once()
    {
        Found();
        Append(3);
        _group.Stores["raft1"].HoldSnapshots();
        Call("raft1");
        ExpectNoMsg(TimeSpan.Zero);

        Call("raft1");
        _group.Settle();
        ExpectNoMsg(TimeSpan.Zero);

        Call("raft1", timeout: TimeSpan.FromSeconds(1));
        Assert.Contains("raft1@node1 takes the snapshot: the state is being written.", ExpectMsg<ClientReply.Declined>(Guard).Why);
        Call("raft1", timeout: TimeSpan.FromSeconds(1));

        _group.Stores["raft1"].Release();
        _group.Settle();
        ExpectTaken();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Call_ends_at_its_timeout_though_the_group_is_quiescent_and_a_later_one_waits_for_the_same_snapshot()
    {
        Found();
        Append(3);
        _group.Advance(200);
        _group.Actors["raft2"].Tell(new Recorder.Explain(), TestActor);
        Assert.Contains("quiescent: no work", ExpectMsg<Explanation>(Guard).Text);
        _group.Stores["raft2"].HoldSnapshots();
        Call("raft2", timeout: TimeSpan.FromSeconds(2));
        _group.Advance(20);
        ExpectNoMsg(TimeSpan.Zero);

        _group.Advance(40);
        Assert.Contains("call again, with a longer timeout", ExpectMsg<ClientReply.Declined>(Guard).Why);

        Call("raft2");
        _group.Stores["raft2"].Release();
        _group.Settle();
        ExpectTaken();
        Assert.Single(ToldBy("raft2"), what => what.StartsWith("take "));
    }

    [Fact]
    public void Exception_of_TakeSnapshot_ends_the_call_with_the_cause_and_the_next_life_is_not_asked()
    {
        Found();
        _group.Actors["raft1"].Tell(new Recorder.Append("key", "secret"), ActorRefs.NoSender);
        _group.AdvanceUntil("raft1", "append 1 key=secret own");

        Call("raft1");
        var told = _group.AdvanceUntil("raft1", "started");
        _group.Advance(100);

        ExpectRefused("raft1@node1 could not take a snapshot: InvalidOperationException: secret.");
        Assert.DoesNotContain(ToldBy("raft1"), what => what.StartsWith("take "));
        Assert.Contains("take 1", told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failed_writer_of_a_stream_ends_the_call_with_the_cause(bool takesStreams)
    {
        var script = FoundStreaming(takesStreams);
        script.Failure = new InvalidOperationException("no view");

        Call("raft1");

        await ExpectReplyAsync<ClientReply.Refused>(
            refused => Assert.Equal("raft1@node1 could not take a snapshot: InvalidOperationException: no view.", refused.Why));
    }

    [Fact]
    public async Task Store_without_room_for_a_stream_ends_the_call_with_the_cause_and_a_later_call_tries_again()
    {
        FoundStreaming(takesStreams: true);
        _group.Stores["raft1"].StreamFailure = new StoreException("The disk has no room.");
        Call("raft1");
        await ExpectReplyAsync<ClientReply.Refused>(
            refused => Assert.Equal("raft1@node1 could not take a snapshot: The disk has no room.", refused.Why));

        _group.Stores["raft1"].StreamFailure = null;
        Call("raft1");

        await ExpectReplyAsync<ClientReply.SnapshotTaken>(taken => Assert.Equal(3, taken.Position.Serial.Value));
    }

    [Fact]
    public async Task Restart_of_the_actor_ends_the_call_and_a_later_one_asks_the_next_life()
    {
        var script = FoundStreaming(takesStreams: true);
        script.Hold();
        Call("raft1");
        _group.AdvanceUntil("raft1", "take 3");

        _group.Actors["raft1"].Tell(new InvalidOperationException("a restart"));
        _group.AdvanceUntil("raft1", "started");

        Assert.Contains("The actor of raft1@node1 has restarted", ExpectMsg<ClientReply.Declined>(Guard).Why);
        script.Release();
        Call("raft1");
        await ExpectReplyAsync<ClientReply.SnapshotTaken>(taken => Assert.Equal(3, taken.Position.Serial.Value));
    }

    [Fact]
    public void Stop_of_the_actor_ends_the_call_and_without_an_actor_it_is_declined()
    {
        Found();
        Append(3);
        _group.Stores["raft2"].HoldSnapshots();
        Call("raft2");

        var inbox = _group.InboxOf("raft2");
        _group.StopActor("raft2");
        Assert.Contains("The actor of raft2@node1 has restarted or stopped", ExpectMsg<ClientReply.Declined>(Guard).Why);

        inbox.Add(new ClientCall.TakeSnapshot(Guard), TestActor);
        inbox.Announce();
        Assert.Contains("raft2@node1 has no actor now", ExpectMsg<ClientReply.Declined>(Guard).Why);
    }

    [Fact]
    public void Failure_of_the_store_ends_the_call()
    {
        Found();
        Append(3);
        _group.Stores["raft2"].HoldSnapshots();
        Call("raft2");

        EventFilter.Error(contains: "a bad disk").ExpectOne(() => _group.Stores["raft2"].Fail("a bad disk"));

        Assert.Contains("The engine of raft2@node1 has stopped", ExpectMsg<ClientReply.Declined>(Guard).Why);
    }

    [Fact]
    public void Actor_that_takes_no_snapshots_refuses()
    {
        _group.Found(0, 0);
        Append(1);

        Call("raft1");

        ExpectRefused("The actor of raft1@node1 takes no snapshots: it does not implement IRaftSnapshot<TState>.");
    }

    [Fact]
    public void Process_that_knows_no_committed_entry_declines()
    {
        _group.StartSnapshotting("raft1");

        Call("raft1");

        Assert.Contains("raft1@node1 knows no committed entry of its group yet", ExpectMsg<ClientReply.Declined>(Guard).Why);
    }

    [Fact]
    public void Snapshot_of_another_process_that_is_being_installed_answers_the_call_when_it_is_durable()
    {
        Found();
        Append(10);
        Call("raft1");
        var leaders = ExpectTaken();
        var store = _group.Stores["raft4"] = new ScriptedStore();
        store.HoldFromSnapshot();
        _group.StartSnapshotting("raft4");
        _group.AdvanceEnginesUntil(() => store.Waiting > 0);
        _group.Advance(10);
        Call("raft4");
        ExpectNoMsg(TimeSpan.Zero);

        store.Release();
        _group.Settle();

        Assert.Equal(leaders.Position, ExpectTaken().Position);
        Assert.DoesNotContain(ToldBy("raft4"), what => what.StartsWith("take "));
    }

    private void Found()
    {
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            _group.StartSnapshotting(name);
        }

        _group.AdvanceUntil("raft1", "leads");
    }

    // With three pairs.
    private StreamRecorder.Script FoundStreaming(bool takesStreams)
    {
        var scripts = new[] { "raft1", "raft2", "raft3" }.Select(name => _group.StartStreaming(name, takesStreams)).ToArray();
        _group.AdvanceUntil("raft1", "leads");
        Append(3);
        return scripts[0];
    }

    // Each process has them.
    private void Append(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            _group.Actors["raft1"].Tell(new Recorder.Append("key", $"{i}"), TestActor);
            _group.Settle();
            ExpectMsg<Outcome<int>.Done>(Guard);
        }

        _group.Advance(5);
    }

    private void Call(string process, IActorRef? client = null, TimeSpan? timeout = null)
    {
        _group.Call(process, new ClientCall.TakeSnapshot(timeout ?? Guard), client ?? TestActor);
        _group.Settle();
    }

    private ClientReply.SnapshotTaken ExpectTaken() => ExpectMsg<ClientReply.SnapshotTaken>(Guard);

    private void ExpectRefused(string why) => Assert.Equal(why, ExpectMsg<ClientReply.Refused>(Guard).Why);

    // A state is written on a thread of its own, which the virtual clock does not know.
    private async Task ExpectReplyAsync<T>(Action<T> check) => check(await ExpectMsgAsync<T>(Guard));

    private List<string> ToldBy(string name)
    {
        List<string> told = [];
        while (_group.Watchers[name].HasMessages)
        {
            told.Add(_group.Watchers[name].ExpectMsg<string>());
        }

        return told;
    }
}
