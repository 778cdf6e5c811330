using RaftActors.Sessions;

namespace RaftActors.Tests.Telemetry;

/// <summary>The reasons of failed Appends that a group in virtual time does not bring about. raft2 leads.</summary>
public sealed class AppendFailureTests : TestKit
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(100);

    private readonly MetricRecorder _metrics = new("raft.process", process => process == "metered@node1");
    private readonly Bench _bench;
    private readonly OwnAppends _appends;

    public AppendFailureTests()
    {
        _bench = new Bench(this, name: "metered");
        _appends = _bench.MakeOwnAppends();
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");

        // Without an actor, the engine tells the asker.
        _bench.Context.Detach();
    }

    [Fact]
    public void Append_whose_session_the_leader_has_forgotten_is_counted_as_forgotten()
    {
        _appends.Receive(AppendReply.Cancelled(Append().Id, RaftFailure.Unknown(FailureReason.Forgotten)));

        Assert.Equal(["metered outcome=unknown reason=forgotten: 1"], Counts());
    }

    [Fact]
    public void Append_that_the_leader_has_no_room_for_is_counted_with_the_reason_of_the_leader()
    {
        Refuse(FailureReason.Busy);
        Refuse(FailureReason.DiskFull);

        Assert.Equal(
            ["metered outcome=not_committed reason=busy: 1", "metered outcome=not_committed reason=disk_full: 1"], Counts());
    }

    [Fact]
    public void Append_that_waited_behind_a_full_window_until_its_timeout_is_counted_as_busy()
    {
        for (var i = 0; i <= SentAppends.Span; i++)
        {
            Append();
        }

        _bench.Context.Now = _bench.Context.DeadlineAfter(Timeout);
        _appends.OnTick();

        var counts = Counts().ToLookup(count => count);
        Assert.Equal(SentAppends.Span, counts["metered outcome=unknown reason=timed_out: 1"].Count());
        Assert.Single(counts["metered outcome=not_committed reason=busy: 1"]);
    }

    protected override void AfterAll()
    {
        _metrics.Dispose();
        base.AfterAll();
    }

    private IEnumerable<string> Counts() => _metrics.Of("raft.appends").Select(each => each.ToString());

    private void Refuse(FailureReason reason) =>
        _appends.Receive(AppendReply.Cancelled(Append().Id, RaftFailure.NotDone(reason, "no room")));

    private RequestRef Append()
    {
        var request = _bench.Process.NewAppend();
        _bench.Process.Appends.Add(request, null, OutcomeMaker<int>.Instance);
        _appends.Submit(new ToEngine.Append(request, new("key", default), Timeout));
        return request;
    }
}
