using Akka.TestKit.TestActors;

namespace RaftActors.Tests.Engine;

/// <summary>The inputs for Core while the actor is asked for its state, and the calls that wait for a snapshot.</summary>
public sealed class SnapshotTakingTests : TestKit
{
    private readonly Bench _bench;
    private readonly SnapshotTaking _snapshots;

    public SnapshotTakingTests()
    {
        _bench = new Bench(this);
        _bench.Commit(1, 2, 3);
        _snapshots = new SnapshotTaking(_bench.Context);
        _snapshots.Ask();
        _bench.Actor.ExpectMsg<ToActor.TakeSnapshot>();
    }

    [Fact]
    public void Question_keeps_the_entries_after_the_commit_index_in_memory() =>
        Assert.Equal([new Input.SnapshotPlanned(new LogIndex(3))], _bench.Steps);

    [Fact]
    public void Entries_need_not_stay_in_memory_after_the_actor_has_begun()
    {
        _snapshots.OnStateBegun(new Serial(4));

        Assert.Equal(new Input.SnapshotPlanned(null), _bench.Steps[^1]);
    }

    [Fact]
    public void Entries_need_not_stay_in_memory_for_an_earlier_life_of_the_actor()
    {
        _snapshots.OnLifeEnded();

        Assert.Equal(new Input.SnapshotPlanned(null), _bench.Steps[^1]);
    }

    [Fact]
    public void Answer_that_makes_no_snapshot_is_asked_again_after_a_pause_while_a_call_waits()
    {
        Call(TestActor);
        GiveState(serial: 4);
        Tick();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _bench.Context.Now = _bench.Context.DeadlineAfter(TimeSpan.FromSeconds(1));
        Tick();

        _bench.Actor.ExpectMsg<ToActor.TakeSnapshot>();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Answers_that_make_no_snapshot_are_not_asked_for_with_each_commit()
    {
        Call(TestActor);
        GiveState(serial: 100);

        foreach (var index in Enumerable.Range(4, 50))
        {
            _bench.Commit(index);
            _snapshots.OnCommitted([Bench.Entry(index, 1, null)], default);
            GiveState(serial: 100);
        }

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Answer_that_makes_no_snapshot_is_not_asked_again_without_a_call()
    {
        GiveState(serial: 4);

        _bench.Context.Now = _bench.Context.DeadlineAfter(TimeSpan.FromSeconds(10));
        Tick();

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void State_from_before_the_first_configuration_makes_no_snapshot()
    {
        var configuration = new Configuration(GroupUid.None, 1, [_bench.Process.Member], [], [], []);
        _bench.Context.Commit = new LogIndex(4);
        LogEntry entry = new(new LogIndex(4), new Term(1), new Serial(3), new Payload.Reconfigure(configuration));
        _snapshots.OnCommitted([entry], default);

        GiveState(serial: 3);

        Assert.Equal(0, _bench.Store.SnapshotEnds.CurrentCount);
    }

    [Fact]
    public void State_that_the_actor_gives_late_does_not_take_the_place_of_that_of_another_process()
    {
        Call(TestActor);
        var questions = 0;
        _snapshots.TakeFromOther(() => questions++);

        GiveState(serial: 3);

        Assert.Equal(1, questions);
        Assert.Equal(new Input.SnapshotPlanned(new LogIndex(3)), _bench.Steps[^1]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, true)]
    public void Process_without_a_state_that_helps_is_not_asked_again_with_each_commit(long serial, bool hasState)
    {
        Bench bench = new(this, snapshot: SnapshotTo(3));
        bench.Commit(4);
        SnapshotTaking snapshots = new(bench.Context);
        var questions = 0;
        snapshots.TakeFromOther(() => questions++);

        snapshots.OnOffered(new Serial(serial), hasState ? (_, _) => Task.CompletedTask : null);
        foreach (var index in Enumerable.Range(5, 50))
        {
            bench.Commit(index);
            snapshots.OnCommitted([Bench.Entry(index, 1, null)], default);
        }

        Assert.Equal(1, questions);
    }

    [Fact]
    public void Pairs_that_an_installed_snapshot_covers_do_not_count_for_the_next_one()
    {
        // More than half of raft.snapshot.after-bytes.
        var value = new byte[9 << 20];
        LogEntry PairAt(long index) => new(new LogIndex(index), new Term(1), new Serial(index), null, "key", value);
        _snapshots.OnLifeEnded();

        _snapshots.OnCommitted([PairAt(4)], default);
        _snapshots.OnInstalled(SnapshotTo(4));
        _snapshots.OnCommitted([PairAt(5)], default);
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _snapshots.OnCommitted([PairAt(6)], default);
        _bench.Actor.ExpectMsg<ToActor.TakeSnapshot>();
    }

    // Otherwise the snapshots of a state that grows with every pair would take the square of its length.
    [Fact]
    public void Next_snapshot_is_due_when_the_log_has_grown_by_half_the_length_of_the_latest_one()
    {
        Bench bench = new(this, snapshot: SnapshotTo(3) with { Length = 50 << 20 });
        SnapshotTaking snapshots = new(bench.Context);
        var value = new byte[9 << 20];
        foreach (var index in new[] { 4, 5, 6 })
        {
            bench.Actor.ExpectNoMsg(TimeSpan.Zero);
            bench.Commit(index);
            snapshots.OnCommitted([new LogEntry(new LogIndex(index), new Term(1), new Serial(index), null, "key", value)], default);
        }

        bench.Actor.ExpectMsg<ToActor.TakeSnapshot>();
    }

    [Fact]
    public void Fenced_process_refuses_calls_and_ends_those_that_wait()
    {
        Call(TestActor);
        _bench.Process.Status = _bench.Process.Status with { Fence = "its disk was restored" };
        _snapshots.OnFenced("its disk was restored");
        Assert.Equal("raft1@node1 is fenced: its disk was restored.", ExpectMsg<ClientReply.Failed>().Failure.Detail);

        Call(TestActor);

        Assert.Equal("raft1@node1 is fenced: its disk was restored.", ExpectMsg<ClientReply.Failed>().Failure.Detail);
        Assert.False(_snapshots.NeedsTicks);
    }

    [Fact]
    public void Call_that_a_client_sends_again_by_another_connection_is_answered_there_too()
    {
        var (old, present) = (CreateTestProbe(), CreateTestProbe());
        Call(old);

        Call(present);
        _snapshots.OnStopped();

        old.ExpectMsg<ClientReply.Declined>();
        present.ExpectMsg<ClientReply.Declined>();
    }

    private Snapshot SnapshotTo(long index) => new(
        new LogPosition(new LogIndex(index), new Term(1), new Serial(index), 0),
        new LogIndex(1),
        new Configuration(GroupUid.None, 1, [_bench.Process.Member], [], [], []),
        [],
        1);

    private void Call(IActorRef client, TimeSpan? timeout = null)
    {
        var configuration = new Configuration(GroupUid.None, 1, [_bench.Process.Member], [], [], []);
        _bench.Context.CommitConfiguration(new LogIndex(1), configuration);
        _snapshots.OnCommitted([new LogEntry(new LogIndex(1), new Term(1), Serial.Zero, new Payload.Reconfigure(configuration))], default);
        _snapshots.Submit(new ClientCall.TakeSnapshot(timeout ?? TimeSpan.FromMinutes(1)), client);
    }

    private void GiveState(long serial)
    {
        _snapshots.OnStateBegun(new Serial(serial));
        _snapshots.OnState(new ToEngine.State(new Serial(serial), (_, _) => Task.CompletedTask, IsBlock: true));
    }

    private void Tick() => _snapshots.OnTick();
}
