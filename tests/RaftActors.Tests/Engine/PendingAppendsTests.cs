using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class PendingAppendsTests : TestKit
{
    private readonly Bench _bench;
    private readonly PendingAppends _appends;

    public PendingAppendsTests()
    {
        _bench = new Bench(this);
        _appends = _bench.Context.Appends;
    }

    [Fact]
    public void Learner_sends_to_the_leader()
    {
        _bench.BuildQuorum(("raft2", 4), ("raft3", 4), ("raft4", 4));
        _bench.Elect("raft2");

        var request = Append();

        var sent = _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>();
        Assert.Equal((_bench.Process.ToId(request), "key"), (sent.Request, sent.Key));
        Assert.Equal(_bench.Self.Ref, _bench["raft2"].LastSender);
    }

    [Fact]
    public void Member_sends_to_the_leader_with_the_request_key()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var key = new HashedKey(new RequestKeyHash(Guid.NewGuid()), new Serial(3));

        _appends.Submit(new ToEngine.Append(_bench.Process.NewRequest(), "key", default, TimeSpan.FromSeconds(5)) { RequestKey = key });

        Assert.Equal(key, _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>().RequestKey);
    }

    [Fact]
    public void Append_placed_inside_an_installed_snapshot_ends_as_unknown_and_one_behind_it_does_not()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var requests = new[] { Append(), Append(), Append() };
        _appends.Receive(new AppendReply.Taken(_bench.Process.ToId(requests[0]), new LogPlace(new LogIndex(7), new Term(1))));
        _appends.Receive(new AppendReply.Taken(_bench.Process.ToId(requests[1]), new LogPlace(new LogIndex(8), new Term(1))));

        _appends.OnInstalled(new LogPosition(new LogIndex(7), new Term(1), new Serial(3), 0));

        _bench.Actor.ExpectMsg(new ToActor.Cancelled(ToActor.AnyLife, requests[0], new CancelReason.Unknown(UnknownReason.Compacted)));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(2, _appends.Count);
    }

    [Fact]
    public void Leader_shows_its_own_append_to_its_actor_and_learns_the_place_without_a_message_to_itself()
    {
        Lead();
        var request = Append();
        Assert.Equal(_bench.Process.ToId(request), _bench.Actor.ExpectMsg<ToActor.Judge>().Request);

        _bench.Context.Proposals.OnJudged(new ToEngine.Judged(_bench.Process.ToId(request), null));
        _bench.Context.Proposals.OnTurn();
        _bench.Context.Proposals.OnAccepted(new Effect.Accepted([Bench.Entry(7, 1, _bench.Process.ToId(request))]));
        _appends.OnInstalled(new LogPosition(new LogIndex(7), new Term(1), new Serial(3), 0));

        _bench.Actor.ExpectMsg(new ToActor.Cancelled(ToActor.AnyLife, request, new CancelReason.Unknown(UnknownReason.Compacted)));
        _bench.Self.ExpectMsg<ToSelf.ProposeTurn>();
        _bench.Self.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Own_appends_of_a_leader_without_an_actor_wait_and_keep_their_order()
    {
        Lead();
        _bench.Context.Detach();
        RequestRef[] requests = [Append(), Append(), Append()];
        Tick(1);
        Assert.Equal(3, _appends.Count);

        _bench.Context.Attach(_bench.Actor, 2, judgesProposals: true);
        Tick(1);

        Assert.Equal(requests.Select(_bench.Process.ToId), _bench.Actor.ReceiveN(3).Cast<ToActor.Judge>().Select(each => each.Request));
    }

    [Fact]
    public void Appends_that_the_deposed_leader_had_not_proposed_go_to_the_next_one_in_order()
    {
        Lead();
        RequestRef[] requests = [Append(), Append()];

        _bench.Elect("raft2", term: 2);
        _bench.Context.Proposals.OnDeposed();
        _appends.SendWaiting();

        Assert.Equal(requests.Select(_bench.Process.ToId), Sent(2));
    }

    [Fact]
    public void Appends_without_a_leader_wait_and_are_sent_in_order()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        var requests = Enumerable.Range(0, 20).Select(_ => Append()).ToArray();

        _bench.Elect("raft2");
        _appends.SendWaiting();

        var sent = _bench["raft2"].ReceiveN(20).Cast<WireMessage.AppendRequest>();
        Assert.Equal(requests.Select(_bench.Process.ToId), sent.Select(each => each.Request));
    }

    [Fact]
    public void Burst_keeps_a_window_of_appends_under_way_and_sends_the_next_when_one_has_ended()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var requests = Enumerable.Range(0, PendingAppends.WindowAppends + 3).Select(_ => _bench.Process.ToId(Append())).ToArray();
        Assert.Equal(requests.SkipLast(3), Sent(PendingAppends.WindowAppends));
        _bench["raft2"].ExpectNoMsg(TimeSpan.Zero);

        _appends.OnCommitted(Bench.Entry(5, 1, requests[0]));
        _appends.Receive(new AppendReply.Cancelled(requests[1], new CancelReason.NotCommitted(NotCommittedReason.Discarded, "no")));
        _appends.SendWaiting();

        Assert.Equal(requests[^3..^1], Sent(2));
        _bench["raft2"].ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Appends_whose_answers_are_lost_hold_up_the_next_ones_no_longer_than_an_election_timeout()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var last = Enumerable.Range(0, PendingAppends.WindowAppends + 1).Select(_ => _bench.Process.ToId(Append())).ToArray()[^1];
        Sent(PendingAppends.WindowAppends);
        var settings = _bench.Process.Settings;

        Tick(settings.Timing.ToTicks(settings.Timing.ElectionTimeoutMax) - 1);
        _bench["raft2"].ExpectNoMsg(TimeSpan.Zero);
        Tick(1);

        Assert.Equal([last], Sent(1));
    }

    [Fact]
    public void Appends_under_way_to_an_old_leader_do_not_hold_up_those_for_the_next()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var last = Enumerable.Range(0, PendingAppends.WindowAppends + 1).Select(_ => _bench.Process.ToId(Append())).ToArray()[^1];
        Sent(PendingAppends.WindowAppends);

        _bench.Elect("raft3", term: 2);
        _appends.SendWaiting();

        Assert.Equal(last, _bench["raft3"].ExpectMsg<WireMessage.AppendRequest>().Request);
    }

    // One char of a key counts as the 3 bytes that it may need.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void Large_appends_fill_the_window_by_the_bytes_of_their_keys_and_values(int keys, int values)
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var half = (int)_bench.Process.Settings.Limits.InflightSizeMaxBytes / 2;
        var (key, value) = (new string('k', keys * half / 3), new byte[values * half]);
        var requests = Enumerable.Range(0, 3).Select(_ => _bench.Process.ToId(Append(value: value, key: key))).ToArray();
        Assert.Equal(requests[..2], Sent(2));
        Assert.False(_bench["raft2"].HasMessages);

        _appends.OnCommitted(Bench.Entry(5, 1, requests[0]));
        _appends.SendWaiting();

        Assert.Equal(requests[2..], Sent(1));
    }

    [Fact]
    public void Twenty_thousand_appends_end_one_by_one_between_ticks()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var requests = Enumerable.Range(0, 20_000).Select(_ => _bench.Process.ToId(Append(TimeSpan.FromHours(2)))).ToArray();
        for (var i = 0; i < requests.Length; i++)
        {
            _appends.Receive(new AppendReply.Taken(requests[i], new LogPlace(new LogIndex(i + 1), new Term(1))));
            _appends.OnCommitted(Bench.Entry(i + 1, 1, requests[i]));
            Tick(1);
        }

        Assert.Equal(requests, Sent(requests.Length));
        Assert.Equal(0, _appends.Count);
    }

    [Fact]
    public void Append_that_was_never_sent_ends_as_not_committed()
    {
        var request = Append(TimeSpan.FromMilliseconds(100));
        Tick(2);

        var cancelled = _bench.Actor.ExpectMsg<ToActor.Cancelled>();
        Assert.Equal(request, cancelled.Request);
        Assert.IsType<CancelReason.NotCommitted>(cancelled.Reason);
    }

    [Fact]
    public void Append_that_may_have_reached_a_leader_ends_as_unknown_and_is_not_sent_again()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        Append(TimeSpan.FromMilliseconds(100));
        _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>();

        _bench.Elect("raft3");
        Tick(2);

        Assert.IsType<CancelReason.Unknown>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
        _bench["raft3"].ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Append_does_not_overtake_one_that_was_refused()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        Append();
        var refused = _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>();
        _appends.Receive(new AppendReply.Refused(refused.Request));

        Append();

        Assert.Equal(refused.Request, _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>().Request);
        _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>();
    }

    [Fact]
    public void Append_that_was_refused_is_sent_again_to_the_next_leader()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        Append();
        var sent = _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>();

        _appends.Receive(new AppendReply.Refused(sent.Request));
        _bench.Elect("raft3");
        _appends.SendWaiting();

        Assert.Equal(sent.Request, _bench["raft3"].ExpectMsg<WireMessage.AppendRequest>().Request);
    }

    [Fact]
    public void Append_that_the_leaders_actor_discards_ends_with_its_reason()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        Append();
        var sent = _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>();

        _appends.Receive(new AppendReply.Cancelled(sent.Request, new CancelReason.NotCommitted(NotCommittedReason.Discarded, "overdrawn")));

        var reason = new CancelReason.NotCommitted(NotCommittedReason.Discarded, "overdrawn");
        Assert.Equal(reason, _bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Append_that_is_committed_has_ended()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var request = Append(TimeSpan.FromMilliseconds(100));

        _appends.OnCommitted(Bench.Entry(5, 1, _bench.Process.ToId(request)));
        Tick(3);

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(5, 1)]
    [InlineData(4, 3)]
    [InlineData(1, 3)]
    public void Append_that_no_log_with_the_committed_entry_has_ends_as_not_committed(long index, long term)
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var request = Append();
        _appends.Receive(new AppendReply.Taken(_bench.Process.ToId(request), new LogPlace(new LogIndex(5), new Term(2))));

        _appends.OnCommitted(Bench.Entry(1, 1, null));
        _appends.OnCommitted(Bench.Entry(index, term, null));

        Assert.IsType<CancelReason.NotCommitted>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Append_whose_place_comes_after_the_commit_of_a_later_term_ends_as_not_committed()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var request = Append();

        _appends.OnCommitted(Bench.Entry(4, 2, null));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        _appends.Receive(new AppendReply.Taken(_bench.Process.ToId(request), new LogPlace(new LogIndex(5), new Term(1))));

        Assert.IsType<CancelReason.NotCommitted>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Append_ends_as_not_committed_when_a_snapshot_of_a_later_term_ends_below_its_place()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var request = Append();
        _appends.Receive(new AppendReply.Taken(_bench.Process.ToId(request), new LogPlace(new LogIndex(8), new Term(1))));

        _appends.OnInstalled(new LogPosition(new LogIndex(7), new Term(2), new Serial(3), 0));

        Assert.IsType<CancelReason.NotCommitted>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Append_that_was_taken_again_has_no_place_in_a_snapshot_above_its_first_one()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var request = _bench.Process.ToId(Append());
        _appends.Receive(new AppendReply.Taken(request, new LogPlace(new LogIndex(5), new Term(1))));
        _appends.Receive(new AppendReply.Taken(request, new LogPlace(new LogIndex(9), new Term(2))));

        _appends.OnInstalled(new LogPosition(new LogIndex(7), new Term(2), new Serial(3), 0));

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(1, _appends.Count);
    }

    [Fact]
    public void Append_ends_as_unknown_when_another_term_is_committed_only_above_its_place()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var request = Append(TimeSpan.FromMilliseconds(100));
        _appends.Receive(new AppendReply.Taken(_bench.Process.ToId(request), new LogPlace(new LogIndex(5), new Term(1))));

        // The pair may be at index 5. The entry at index 6 does not show it.
        _appends.OnCommitted(Bench.Entry(6, 2, null));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        Tick(2);

        Assert.IsType<CancelReason.Unknown>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Append_whose_session_was_forgotten_ends_as_unknown()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        var request = Append();
        _appends.Receive(new AppendReply.Cancelled(_bench.Process.ToId(request), new CancelReason.Unknown(UnknownReason.Forgotten)));

        Assert.IsType<CancelReason.Unknown>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Append_whose_request_was_committed_before_ends_before_its_timeout()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft2");
        _bench.Commit(1, 2, 3);
        var request = Append(TimeSpan.FromMilliseconds(100));
        _appends.Receive(new AppendReply.Committed(_bench.Process.ToId(request), new Serial(2)));
        Assert.Equal(new Serial(2), _bench.Actor.ExpectMsg<ToActor.Repeated>().Serial);
        Tick(3);

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    private void Lead()
    {
        _bench.BuildQuorum(("raft1", 1), ("raft2", 4), ("raft3", 4));
        _bench.Elect("raft1");
    }

    private RequestRef Append(TimeSpan? timeout = null, byte[]? value = null, string key = "key")
    {
        var request = _bench.Process.NewRequest();
        _appends.Submit(new ToEngine.Append(request, key, value ?? [0], timeout ?? TimeSpan.FromSeconds(5)));
        return request;
    }

    // The next requests to raft2.
    private RequestId[] Sent(int count) =>
        [.. _bench["raft2"].ReceiveN(count).Cast<WireMessage.AppendRequest>().Select(append => append.Request)];

    private void Tick(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _bench.Context.Now++;
            _appends.OnTick();
        }
    }
}
