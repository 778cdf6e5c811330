using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class ProposalDeskTests : TestKit
{
    private readonly List<Input> _steps = [];
    private readonly Bench _bench;
    private readonly ProposalDesk _desk;
    private readonly TestProbe _origin;

    public ProposalDeskTests()
    {
        _bench = new Bench(this);
        _origin = _bench["raft4"];
        _desk = new ProposalDesk(_bench.Context, _steps.Add);
    }

    [Fact]
    public void Quorum_member_passes_an_append_on_to_the_leader_who_answers_the_origin()
    {
        _bench.Elect("raft2");
        _desk.Submit(Request(1, hops: 1), _origin);

        Assert.Equal(0, _bench["raft2"].ExpectMsg<WireMessage.AppendRequest>().Hops);
        Assert.Equal(_origin.Ref, _bench["raft2"].LastSender);
    }

    [Fact]
    public void Who_does_not_lead_refuses_what_was_passed_on_already()
    {
        _bench.Elect("raft2");
        _desk.Submit(Request(1, hops: 0), _origin);

        _origin.ExpectMsg(new WireMessage.AppendRefused(RequestOf(1)));
    }

    [Fact]
    public void Leader_without_an_actor_refuses_what_nobody_can_judge()
    {
        _bench.Elect("raft1");
        _bench.Context.Detach();
        _desk.Submit(Request(1), _origin);

        _origin.ExpectMsg(new WireMessage.AppendRefused(RequestOf(1)));
    }

    [Fact]
    public void Leader_shows_the_pair_to_its_actor_before_it_is_written()
    {
        _bench.Elect("raft1");
        _desk.Submit(Request(1), _origin);

        var judge = _bench.Actor.ExpectMsg<ToActor.Judge>();
        Assert.Empty(_steps);

        _desk.OnJudged(new ToEngine.Judged(judge.Request, Verdict.Accept));
        var proposed = Assert.IsType<Input.Propose>(Assert.Single(_steps));
        Assert.Equal(judge.Request, Assert.Single(proposed.Pairs).Request);

        _desk.OnAccepted(new Effect.Accepted(judge.Request, new LogIndex(9), new Term(2), new Serial(5)));
        _origin.ExpectMsg(new WireMessage.AppendTaken(judge.Request, new LogIndex(9), new Term(2)));
    }

    [Fact]
    public void Discarded_pair_is_written_nowhere()
    {
        _bench.Elect("raft1");
        _desk.Submit(Request(1), _origin);

        _desk.OnJudged(new ToEngine.Judged(RequestOf(1), Verdict.Discard("overdrawn")));

        _origin.ExpectMsg(new WireMessage.AppendDiscarded(RequestOf(1), "overdrawn"));
        Assert.Empty(_steps);
    }

    [Fact]
    public void Pair_that_core_rejects_may_be_sent_again()
    {
        _bench.Elect("raft1");
        _desk.Submit(Request(1), _origin);
        _desk.OnJudged(new ToEngine.Judged(RequestOf(1), Verdict.Accept));

        _desk.OnRejected(RequestOf(1));

        _origin.ExpectMsg(new WireMessage.AppendRefused(RequestOf(1)));
    }

    [Fact]
    public void New_life_of_the_actor_is_shown_in_order_what_is_undecided()
    {
        _bench.Elect("raft1");
        _desk.Submit(Request(2), _origin);
        _desk.Submit(Request(1), _origin);
        _bench.Context.Attach(_bench.Actor, 2);
        _desk.ShowAll();

        var shown = _bench.Actor.ReceiveN(4).Cast<ToActor.Judge>();
        Assert.Equal([(1, 2), (1, 1), (2, 2), (2, 1)], shown.Select(judge => (judge.Life, judge.Request.Number)));
    }

    [Fact]
    public void Deposed_leader_refuses_what_is_undecided()
    {
        _bench.Elect("raft1");
        _desk.Submit(Request(1), _origin);

        _desk.RefuseAll();
        _desk.OnJudged(new ToEngine.Judged(RequestOf(1), Verdict.Accept));

        _origin.ExpectMsg(new WireMessage.AppendRefused(RequestOf(1)));
        Assert.Empty(_steps);
    }

    private static RequestId RequestOf(long number) => new(Bench.MemberOf("raft4"), number);

    private static WireMessage.AppendRequest Request(long number, int hops = 0) => new(RequestOf(number), "key", new byte[] { 0 }, hops);
}
