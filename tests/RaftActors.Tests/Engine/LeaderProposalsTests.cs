using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class LeaderProposalsTests : TestKit
{
    private static readonly RequestKeyHash Key = new(new Guid(7, 0, 0, new byte[8]));

    private readonly Dictionary<RequestId, LogIndex> _log = [];
    private readonly Bench _bench;
    private readonly LeaderProposals _proposals;
    private readonly TestProbe _origin;

    public LeaderProposalsTests()
    {
        _bench = new Bench(this);
        _origin = _bench["raft4"];
        _bench.Context.Lookup = FindInLog;
        _proposals = _bench.Context.Proposals;
    }

    [Fact]
    public void Process_that_does_not_lead_refuses_a_request()
    {
        _bench.Elect("raft2");
        _proposals.Submit(Request(1), _origin);

        _origin.ExpectMsg(new AppendReply.Refused(RequestOf(1)));
    }

    [Fact]
    public void Leader_without_an_actor_refuses_proposals()
    {
        _bench.Elect("raft1");
        _bench.Context.Detach();
        _proposals.Submit(Request(1), _origin);

        _origin.ExpectMsg(new AppendReply.Refused(RequestOf(1)));
    }

    [Fact]
    public void Leader_shows_the_pair_to_its_actor_before_it_is_written()
    {
        _bench.Elect("raft1");
        _proposals.Submit(Request(1), _origin);

        var judge = _bench.Actor.ExpectMsg<ToActor.Judge>();
        Assert.Empty(_bench.Steps);

        _proposals.OnJudged(new ToEngine.Judged(judge.Request, null));
        _proposals.OnTurn();
        Assert.Equal([1], Proposed());

        _proposals.OnAccepted(Accepted(1));
        _origin.ExpectMsg(new AppendReply.Taken(judge.Request, new LogPlace(new LogIndex(101), new Term(2))));
    }

    [Fact]
    public void Pairs_accepted_before_the_desks_turn_are_proposed_together_and_in_order()
    {
        _bench.Elect("raft1");
        Submit(3, 1, 2);
        _bench.Self.ExpectMsg<ToSelf.ProposeTurn>();
        _bench.Self.ExpectNoMsg(TimeSpan.Zero);
        Assert.Empty(_bench.Steps);

        _proposals.OnTurn();

        Assert.Equal([3, 1, 2], Proposed());
        _proposals.OnAccepted(Accepted(3, 1, 2));
        Assert.Equal([3L, 1, 2], _origin.ReceiveN(3).Cast<AppendReply.Taken>().Select(taken => taken.Request.Number));
        _proposals.OnTick();
        Assert.Single(_bench.Steps);
    }

    // Core looks up only a retry in its log, so it would append one twice that comes among first attempts.
    [Fact]
    public void Retries_are_proposed_apart_from_first_attempts_and_in_order()
    {
        _bench.Elect("raft1");
        foreach (var (number, isRetry) in new[] { (1, false), (2, true), (3, true), (4, false) })
        {
            _proposals.Submit(Request(number) with { IsRetry = isRetry }, _origin);
            _proposals.OnJudged(new ToEngine.Judged(RequestOf(number), null));
        }

        _proposals.OnTurn();

        Assert.Equal(
            ["False 1", "True 2,3", "False 4"],
            _bench.Steps.Cast<Input.Propose>().Select(
                step => $"{step.AreRetries} {string.Join(',', step.Pairs.Select(pair => pair.Request!.Value.Number))}"));
    }

    [Fact]
    public void Next_accepted_pair_asks_for_another_turn()
    {
        _bench.Elect("raft1");
        Submit(1);
        _proposals.OnTurn();
        Submit(2);

        Assert.Equal(2, _bench.Self.ReceiveN(2).Count);
    }

    [Fact]
    public void Pairs_gather_while_too_many_proposals_wait_for_their_commit()
    {
        _bench.Elect("raft1");
        for (var number = 1; number <= LeaderProposals.MaxUncommitted; number++)
        {
            Submit(number);
            _proposals.OnTurn();
            _proposals.OnAccepted(Accepted(number));
        }

        Submit(11, 12);
        _proposals.OnTurn();
        _proposals.OnTick();
        Assert.Equal(LeaderProposals.MaxUncommitted, _bench.Steps.Count);

        _bench.Context.Commit = new LogIndex(101);
        _proposals.OnCommitted();

        Assert.Equal(LeaderProposals.MaxUncommitted + 1, _bench.Steps.Count);
        Assert.Equal([11, 12], Proposed());
    }

    [Fact]
    public void Leader_that_is_elected_again_waits_for_no_proposal_of_its_earlier_term()
    {
        _bench.Elect("raft1");
        for (var number = 1; number <= LeaderProposals.MaxUncommitted; number++)
        {
            Submit(number);
            _proposals.OnTurn();
            _proposals.OnAccepted(Accepted(number));
        }

        _proposals.OnDeposed();
        Submit(11);
        _proposals.OnTurn();

        Assert.Equal([11], Proposed());
    }

    [Fact]
    public void Discarded_pair_is_not_written()
    {
        _bench.Elect("raft1");
        _proposals.Submit(Request(1), _origin);

        _proposals.OnJudged(new ToEngine.Judged(RequestOf(1), "overdrawn"));

        _origin.ExpectMsg(new AppendReply.Cancelled(
            RequestOf(1), new CancelReason.NotCommitted(NotCommittedReason.Discarded, "overdrawn")));
        Assert.Empty(_bench.Steps);
    }

    [Fact]
    public void Pair_that_core_rejects_may_be_sent_again()
    {
        _bench.Elect("raft1");
        _proposals.Submit(Request(1), _origin);
        _proposals.OnJudged(new ToEngine.Judged(RequestOf(1), null));

        _proposals.OnTurn();
        _proposals.OnRejected(Rejected(RejectionReason.NotLeader));

        _origin.ExpectMsg(new AppendReply.Refused(RequestOf(1)));
    }

    [Fact]
    public void Pair_without_room_at_a_busy_leader_is_not_written_and_its_origin_learns_why()
    {
        _bench.Elect("raft1");
        Submit(1, 2);
        _proposals.OnTurn();
        _proposals.OnAccepted(Accepted(1));
        _proposals.OnRejected(new Effect.Rejected([((Input.Propose)_bench.Steps[0]).Pairs[1]], RejectionReason.Busy));

        Assert.Equal(1, _origin.ExpectMsg<AppendReply.Taken>().Request.Number);
        Assert.Contains("append it again later", DetailOf(NotCommittedReason.Busy, _origin.ExpectMsg<AppendReply.Cancelled>()));
    }

    [Fact]
    public void Pair_whose_session_has_expired_ends_as_unknown()
    {
        _bench.Elect("raft1");
        Submit(1);
        _proposals.OnTurn();
        _proposals.OnRejected(Rejected(RejectionReason.Expired));

        _origin.ExpectMsg(new AppendReply.Cancelled(RequestOf(1), new CancelReason.Unknown(UnknownReason.Forgotten)));
    }

    [Fact]
    public void Pairs_that_come_during_a_transfer_wait_and_keep_their_order()
    {
        _bench.Elect("raft1");
        Submit(1, 2);
        _proposals.OnTurn();
        _proposals.OnRejected(Rejected(RejectionReason.Transferring));
        Submit(3);
        _origin.ExpectNoMsg(TimeSpan.Zero);

        _proposals.OnTick();

        Assert.Equal([1, 2, 3], Proposed());
    }

    [Fact]
    public void Pairs_that_wait_for_a_transfer_are_proposed_once_a_tick_however_many_come()
    {
        _bench.Elect("raft1");
        for (var number = 1L; number <= 100; number++)
        {
            Submit(number);
            _proposals.OnTurn();
            if (number == 1)
            {
                _proposals.OnRejected(Rejected(RejectionReason.Transferring));
            }
        }

        Assert.Single(_bench.Steps);
        _proposals.OnTick();

        Assert.Equal(2, _bench.Steps.Count);
        Assert.Equal(100, Proposed().Count());
    }

    [Fact]
    public void Pairs_that_waited_for_a_transfer_are_refused_when_another_process_leads()
    {
        _bench.Elect("raft1");
        Submit(1, 2);
        _proposals.OnTurn();
        _proposals.OnRejected(Rejected(RejectionReason.Transferring));

        _proposals.OnDeposed();
        _proposals.OnTick();

        Assert.Equal([1L, 2], _origin.ReceiveN(2).Cast<AppendReply.Refused>().Select(refused => refused.Request.Number));
        Assert.Single(_bench.Steps);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    public void Repeated_request_is_answered_when_its_entry_is_committed(long index)
    {
        _bench.Elect("raft1");
        _bench.Commit(1, 2, 3);
        Submit(1);
        _proposals.OnTurn();
        _proposals.OnRepeated(new Effect.Repeated(RequestOf(1), new LogIndex(index), new Serial(index)));
        if (index > 3)
        {
            _origin.ExpectNoMsg(TimeSpan.Zero);
            _bench.Commit(4);
            _proposals.OnCommitted();
        }

        _origin.ExpectMsg(new AppendReply.Committed(RequestOf(1), new Serial(index)));
    }

    [Fact]
    public void Former_leader_answers_a_repeated_request_as_forgotten()
    {
        _bench.Elect("raft1");
        Submit(1);
        _proposals.OnTurn();
        _proposals.OnRepeated(new Effect.Repeated(RequestOf(1), new LogIndex(4), new Serial(4)));

        _proposals.OnDeposed();

        _origin.ExpectMsg(new AppendReply.Cancelled(RequestOf(1), new CancelReason.Unknown(UnknownReason.Forgotten)));
    }

    [Fact]
    public void Former_leader_lets_the_origin_ask_again_for_a_repeated_key()
    {
        _bench.Elect("raft1");
        _bench.Context.Attach(_bench.Actor, 2, judgesProposals: false);
        _proposals.Submit(Keyed(1), _origin);
        _proposals.OnTurn();
        _proposals.OnRepeated(new Effect.Repeated(RequestOf(1), new LogIndex(4), new Serial(4)));

        _proposals.OnDeposed();

        _origin.ExpectMsg(new AppendReply.Refused(RequestOf(1)));
    }

    [Fact]
    public void Keyed_pair_is_proposed_with_the_serial_from_before_its_first_attempt()
    {
        _bench.Elect("raft1");
        _bench.Context.Attach(_bench.Actor, 2, judgesProposals: false);
        _proposals.Submit(Request(1), _origin);
        _proposals.Submit(Keyed(2, since: new Serial(5)), _origin);
        _proposals.OnTurn();

        var propose = Assert.IsType<Input.Propose>(Assert.Single(_bench.Steps));
        Assert.Equal<IEnumerable<Serial?>>([null, new Serial(5)], propose.Since);
        Assert.Equal(Key, Assert.IsType<Payload.KeyedPair>(propose.Pairs[1]).RequestKey);
    }

    [Fact]
    public void Discarded_pair_whose_key_was_appended_meanwhile_is_answered_with_the_first_pair()
    {
        _bench.Elect("raft1");
        _proposals.Submit(Keyed(1), _origin);
        _bench.Actor.ExpectMsg<ToActor.Judge>();
        _log[RequestOf(1)] = new LogIndex(4);

        _proposals.OnJudged(new ToEngine.Judged(RequestOf(1), "paid already"));
        _bench.Commit(4);
        _proposals.OnCommitted();

        _origin.ExpectMsg(new AppendReply.Committed(RequestOf(1), new Serial(4)));
    }

    [Fact]
    public void Pair_that_an_earlier_life_accepted_is_not_judged_again_and_is_proposed_once()
    {
        _bench.Elect("raft1");
        Submit(1);
        _bench.Context.Attach(_bench.Actor, 2, judgesProposals: true);
        _proposals.ShowAll();
        _proposals.OnJudged(new ToEngine.Judged(RequestOf(1), null));
        _proposals.OnTurn();

        _bench.Actor.ExpectMsg<ToActor.Judge>();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal([1], Proposed());
    }

    [Fact]
    public void New_life_of_the_actor_judges_the_undecided_pairs_in_order()
    {
        _bench.Elect("raft1");
        _proposals.Submit(Request(2), _origin);
        _proposals.Submit(Request(1), _origin);
        _bench.Context.Attach(_bench.Actor, 2, judgesProposals: true);
        _proposals.ShowAll();

        var shown = _bench.Actor.ReceiveN(4).Cast<ToActor.Judge>();
        Assert.Equal([(1, 2), (1, 1), (2, 2), (2, 1)], shown.Select(judge => (judge.Life, judge.Request.Number)));
    }

    [Fact]
    public void Former_leader_refuses_the_undecided_pairs()
    {
        _bench.Elect("raft1");
        _proposals.Submit(Request(1), _origin);

        _proposals.OnDeposed();
        _proposals.OnJudged(new ToEngine.Judged(RequestOf(1), null));
        _proposals.OnTurn();

        _origin.ExpectMsg(new AppendReply.Refused(RequestOf(1)));
        Assert.Empty(_bench.Steps);
    }

    [Fact]
    public void Actor_that_accepts_everything_is_not_asked()
    {
        _bench.Elect("raft1");
        _bench.Context.Attach(_bench.Actor, 2, judgesProposals: false);
        _proposals.Submit(Request(2), _origin);
        _proposals.Submit(Request(1), _origin);
        _bench.Self.ExpectMsg<ToSelf.ProposeTurn>();
        _bench.Self.ExpectNoMsg(TimeSpan.Zero);
        _proposals.OnTurn();

        Assert.Equal([2, 1], Proposed());
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Life_that_judges_nothing_accepts_what_an_earlier_one_left_undecided()
    {
        _bench.Elect("raft1");
        _proposals.Submit(Request(2), _origin);
        _proposals.Submit(Request(1), _origin);
        _bench.Context.Attach(_bench.Actor, 2, judgesProposals: false);
        _proposals.ShowAll();
        _proposals.OnTurn();

        Assert.Equal([2, 1], Proposed());
    }

    [Fact]
    public void Request_that_the_log_has_is_not_shown_to_the_actor_and_is_answered_when_it_is_committed()
    {
        _bench.Elect("raft1");
        _log[RequestOf(1)] = new LogIndex(4);
        _proposals.Submit(Request(1), _origin);
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        _origin.ExpectNoMsg(TimeSpan.Zero);

        _bench.Commit(4);
        _proposals.OnCommitted();

        _origin.ExpectMsg(new AppendReply.Committed(RequestOf(1), new Serial(4)));
        Assert.Empty(_bench.Steps);
    }

    [Fact]
    public void Leader_whose_actor_is_slow_to_judge_discards_what_exceeds_the_bound_and_takes_more_when_some_are_judged()
    {
        _bench.Elect("raft1");
        var half = new byte[_bench.Process.Settings.Limits.UncommittedSizeMaxBytes / 2];
        for (var number = 1; number <= 3; number++)
        {
            _proposals.Submit(new WireMessage.AppendRequest(RequestOf(number), "key", half), _origin);
        }

        var discarded = new[] { 2, 3 }.Select(number => _origin.ExpectMsg<AppendReply.Cancelled>(each =>
        {
            Assert.Equal(RequestOf(number), each.Request);
            Assert.Contains("append it again later", DetailOf(NotCommittedReason.Busy, each));
        }));
        Assert.Equal(2, discarded.Count());
        Assert.Equal(1, _bench.Actor.ExpectMsg<ToActor.Judge>().Request.Number);
        _proposals.OnJudged(new ToEngine.Judged(RequestOf(1), "no"));
        _proposals.Submit(new WireMessage.AppendRequest(RequestOf(4), "key", half), _origin);
        Assert.Equal(4, _bench.Actor.ExpectMsg<ToActor.Judge>().Request.Number);
    }

    [Fact]
    public void Repeats_of_a_pair_that_is_not_committed_count_as_bytes_to_judge_until_its_commit()
    {
        _bench.Elect("raft1");
        _log[RequestOf(1)] = new LogIndex(4);
        var tenth = new WireMessage.AppendRequest(RequestOf(1), "key", new byte[Limit / 10], IsRetry: true);
        for (var repeat = 0; repeat < 100; repeat++)
        {
            _proposals.Submit(tenth, _origin);
        }

        Assert.Equal(91, _origin.ReceiveN(91).OfType<AppendReply.Cancelled>().Count());
        Assert.False(_origin.HasMessages);
        _bench.Commit(4);
        _proposals.OnCommitted();
        Assert.Equal(9, _origin.ReceiveN(9).OfType<AppendReply.Committed>().Count());

        _proposals.Submit(new WireMessage.AppendRequest(RequestOf(2), "key", new byte[Limit / 2]), _origin);
        Assert.Equal(2, _bench.Actor.ExpectMsg<ToActor.Judge>().Request.Number);
    }

    [Fact]
    public void Twenty_thousand_open_proposals_are_answered_in_order()
    {
        _bench.Elect("raft1");
        var numbers = Enumerable.Range(1, 20_000).Select(number => (long)number).ToArray();
        Submit(numbers);
        _proposals.OnTurn();
        _proposals.OnAccepted(Accepted(numbers));

        var taken = _origin.ReceiveN(numbers.Length).Cast<AppendReply.Taken>();
        Assert.Equal(numbers, taken.Select(each => each.Request.Number));
    }

    private long Limit => _bench.Process.Settings.Limits.UncommittedSizeMaxBytes;

    private static WireMessage.AppendRequest Keyed(long number, Serial? since = null) =>
        new(RequestOf(number), "key", new byte[1], RequestKey: new HashedKey(Key, since));

    private AnsweredRequest? FindInLog(RequestId request, RequestKeyHash? key) =>
        _log.TryGetValue(request, out var index) ? new AnsweredRequest(request.Number, index, new Serial(index.Value)) : null;

    private void Submit(params long[] numbers)
    {
        foreach (var number in numbers)
        {
            _proposals.Submit(Request(number), _origin);
            _proposals.OnJudged(new ToEngine.Judged(RequestOf(number), null));
        }
    }

    // The numbers of the requests in the latest proposal.
    private IEnumerable<long> Proposed() => Assert.IsType<Input.Propose>(_bench.Steps[^1]).Pairs.Select(pair => pair.Request!.Value.Number);

    private static string DetailOf(NotCommittedReason reason, AppendReply.Cancelled reply)
    {
        var why = Assert.IsType<CancelReason.NotCommitted>(reply.Reason);
        Assert.Equal(reason, why.Reason);
        return why.Detail;
    }

    private Effect.Rejected Rejected(RejectionReason reason) => new(((Input.Propose)_bench.Steps[^1]).Pairs, reason);

    private static Effect.Accepted Accepted(params long[] numbers) =>
        new([.. numbers.Select(number => Bench.Entry(100 + number, 2, RequestOf(number)))]);

    private static RequestId RequestOf(long number) => new(Bench.MemberOf("raft4"), number);

    private static WireMessage.AppendRequest Request(long number) => new(RequestOf(number), "key", new byte[] { 0 });
}
