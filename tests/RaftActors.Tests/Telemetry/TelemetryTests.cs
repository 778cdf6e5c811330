namespace RaftActors.Tests.Telemetry;

/// <summary>The metrics of a group in virtual time. raft1 leads. No other test has the node "metered".</summary>
public sealed class TelemetryTests() : VirtualGroupTest(node: "metered")
{
    private readonly MetricRecorder _metrics = new("raft.process", process => process.EndsWith("@metered", StringComparison.Ordinal));

    [Fact]
    public void Append_is_counted_as_done_and_timed_on_the_process_that_made_it()
    {
        Group.Found(0, 0);
        Hold("raft1", "raft3");
        Append("raft2");
        Group.Advance(2);
        Release("raft1", "raft3");
        ExpectMsg<Outcome<int>>().OrThrow();

        Assert.Equal(["raft2 outcome=done: 1"], Texts("raft.appends"));
        Assert.Equal(["raft2: 0.1"], Texts("raft.commit.duration"));
    }

    [Fact]
    public void Append_that_the_leader_discards_is_counted_with_the_reason()
    {
        Group.Found(0, 0);
        Append("raft3", "no");
        ExpectMsg<Outcome<int>>().NotDone();

        Assert.Equal(["raft3 outcome=not_committed reason=discarded: 1"], Texts("raft.appends"));
        Assert.Empty(Texts("raft.commit.duration"));
    }

    [Fact]
    public void Append_without_a_leader_is_counted_with_the_reason()
    {
        Group.Start("raft1", 0);
        Append("raft1", timeout: TimeSpan.FromMilliseconds(100));
        Group.Advance(2);
        ExpectMsg<Outcome<int>>().NotDone();

        Assert.Equal(["raft1 outcome=not_committed reason=no_leader: 1"], Texts("raft.appends"));
    }

    [Fact]
    public void Append_that_a_leader_took_and_did_not_commit_in_time_is_counted_as_unknown()
    {
        Group.Found(0, 0);
        Hold("raft1", "raft2", "raft3");
        Append("raft2", timeout: TimeSpan.FromMilliseconds(100));
        Group.Advance(2);
        ExpectMsg<Outcome<int>>().Unknown();

        Assert.Equal(["raft2 outcome=unknown reason=timed_out: 1"], Texts("raft.appends"));
    }

    [Fact]
    public void Append_after_the_engine_has_stopped_is_counted_with_the_reason()
    {
        Group.Found(0, 0);
        Stop("raft2");
        Append("raft2");
        ExpectMsg<Outcome<int>>().NotDone();

        Assert.Equal(["raft2 outcome=not_committed reason=stopped: 1"], Texts("raft.appends"));
    }

    [Fact]
    public void Query_is_counted_with_its_outcome()
    {
        Group.Found(0, 0);
        Group.Actors["raft2"].Tell(new Recorder.Query("how far?"), TestActor);
        Group.AwaitIdle();
        Group.Advance(2);
        ExpectMsg<Outcome<object?>>().OrThrow();
        Stop("raft3");
        Group.Actors["raft3"].Tell(new Recorder.Query("how far?"), TestActor);
        ExpectMsg<Outcome<object?>>().NotDone();

        Assert.Equal(
            ["raft2 consistency=linearizable outcome=done: 1", "raft3 consistency=linearizable outcome=failed: 1"],
            Texts("raft.reads"));
    }

    [Fact]
    public void Election_is_counted_once_by_its_winner()
    {
        Group.Found(0, 0);
        Group.Actors["raft1"].Tell(new Recorder.Transfer(new ProcessName("raft3@metered")), TestActor);
        Group.AdvanceUntil("raft3", "leads");

        Assert.Equal(["raft1: 1", "raft3: 1"], Texts("raft.elections"));
    }

    [Fact]
    public void Time_to_apply_a_pair_is_measured_on_each_process_with_appended_and_with_fetched_pairs()
    {
        Group.Start("raft1", 1);
        Group.StartSlow("raft2", TimeSpan.FromMilliseconds(20));
        Group.Start("raft3", 1);
        Group.AdvanceUntil("raft2", "serial 1 key1=value1");
        Append("raft3");
        ExpectMsg<Outcome<int>>().OrThrow();
        Group.AdvanceUntil("raft2", "append 2 key=value");

        var times = _metrics.Of("raft.apply.duration").ToLookup(each => each.Place, each => each.Value);
        Assert.Single(times["raft1"]);
        Assert.Equal(2, times["raft2"].Count());
        Assert.InRange(times["raft2"].Max(), 0.02, 1);
    }

    [Fact]
    public void Gauges_show_the_term_and_the_role_of_each_process()
    {
        Group.Found(0, 0);
        Group.Actors["raft1"].Tell(new Recorder.GetStatus(), TestActor);
        var term = ExpectMsg<RaftStatus>().Term;

        Assert.Equal([$"raft1: {term}", $"raft2: {term}", $"raft3: {term}"], Observe("raft.term"));
        Assert.Equal(["raft1: 3", "raft2: 0", "raft3: 0"], Observe("raft.role"));
    }

    [Theory]
    [InlineData(RaftRole.Follower, 0)]
    [InlineData(RaftRole.PreCandidate, 1)]
    [InlineData(RaftRole.Candidate, 2)]
    [InlineData(RaftRole.Leader, 3)]
    public void Number_of_a_role_never_changes(RaftRole role, int number) => Assert.Equal(number, (int)role);

    [Fact]
    public void Gauges_show_the_open_appends_in_each_stage()
    {
        Group.Found(0, 0);
        Hold("raft1", "raft2", "raft3");
        Array.ForEach([1, 2, 3, 4], _ => Append("raft1"));
        Group.Advance(2);

        // The transfer waits for a disk, and later pairs wait at the leader for the end of the transfer.
        Group.Actors["raft1"].Tell(new Recorder.Transfer(new ProcessName("raft2@metered")), TestActor);
        Group.AwaitIdle();
        Array.ForEach([5, 6], _ => Append("raft1"));
        Group.Advance(2);

        Assert.Equal(
            [
                "raft1 stage=actor: 6", "raft1 stage=engine: 6", "raft1 stage=leader: 2",
                "raft2 stage=actor: 0", "raft2 stage=engine: 0", "raft2 stage=leader: 0",
                "raft3 stage=actor: 0", "raft3 stage=engine: 0", "raft3 stage=leader: 0",
            ],
            Observe("raft.pending"));
    }

    [Fact]
    public void Leader_shows_how_many_entries_each_process_lacks_on_disk()
    {
        Group.Found(0, 0);
        Hold("raft3");
        Append("raft1");
        Append("raft1");
        Group.Advance(2);

        Assert.Equal(["raft1 peer=raft2@metered: 0", "raft1 peer=raft3@metered: 2"], Observe("raft.peer.lag"));
    }

    [Fact]
    public void Gauges_show_the_size_of_the_log_and_of_the_snapshot()
    {
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            Group.StartSnapshotting(name);
        }

        Group.AdvanceUntil("raft1", "leads");
        Group.Advance();
        var before = ValueOn("raft1", "raft.log.size");
        Append("raft1", new string('x', 1000));
        Group.Advance(2);

        Assert.InRange(ValueOn("raft1", "raft.log.size") - before, 1000, 1200);
        Assert.Equal(["raft1: 0", "raft2: 0", "raft3: 0"], Observe("raft.snapshot.size"));

        Group.Actors["raft1"].Tell(new Recorder.Snap());
        Group.Advance(2);

        Assert.InRange(ValueOn("raft1", "raft.snapshot.size"), 1000, 1200);
    }

    [Fact]
    public async Task Gauges_of_a_process_end_with_its_engine()
    {
        Group.Found(0, 0);
        Stop("raft2");
        Group.Advance();

        Assert.Equal(["raft1", "raft3"], _metrics.Observe("raft.term").Select(each => each.Place).Order());

        await Sys.Terminate().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Empty(Observe("raft.term"));
    }

    [Fact]
    public void Each_instrument_has_a_unit_and_a_description()
    {
        Group.Found(0, 0);
        Append("raft1");
        ExpectMsg<Outcome<int>>().OrThrow();
        _metrics.Observe("raft.term");

        Assert.NotEmpty(_metrics.All);
        Assert.All(_metrics.All, each => Assert.NotEmpty(each.Instrument.Unit ?? ""));
        Assert.All(_metrics.All, each => Assert.EndsWith(".", each.Instrument.Description));
        Assert.All(_metrics.All, each => Assert.Equal(("default", "raft.group"), (each.Tags["raft.group"], each.Tags.Keys.First())));
    }

    protected override void AfterAll()
    {
        _metrics.Dispose();
        base.AfterAll();
    }

    private IEnumerable<string> Texts(string instrument) => _metrics.Of(instrument).Select(each => each.ToString());

    private IEnumerable<string> Observe(string gauge) => _metrics.Observe(gauge).Select(each => each.ToString()).Order();

    private double ValueOn(string name, string gauge) => _metrics.Observe(gauge).Single(each => each.Place == name).Value;

    private void Append(string name, string value = "value", TimeSpan? timeout = null)
    {
        Group.Actors[name].Tell(new Recorder.Append("key", value, timeout), TestActor);
        Group.AwaitIdle();
    }

    private void Hold(params string[] names) => Array.ForEach(names, name => Group.Stores[name].Hold());

    private void Release(params string[] names)
    {
        Array.ForEach(names, name => Group.Stores[name].Release());
        Group.AwaitIdle();
    }

    private void Stop(string name)
    {
        Group.StopEngine(name);
        Group.AwaitIdle();
    }
}
