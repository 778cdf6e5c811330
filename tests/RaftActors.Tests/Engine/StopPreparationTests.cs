using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

/// <summary>The node of raft1 is about to stop; raft2 to raft4 are on other nodes.</summary>
public sealed class StopPreparationTests : TestKit
{
    private static readonly string[] Others = ["raft2", "raft3", "raft4"];

    private readonly Bench _bench;
    private readonly StopPreparation _stop;
    private readonly TestProbe _asker;

    public StopPreparationTests()
    {
        _bench = new Bench(this);
        _bench.BuildQuorum(("raft1", 0), ("raft2", 0), ("raft3", 0));
        _asker = CreateTestProbe();
        _stop = _bench.Context.Stopping;
    }

    [Fact]
    public void Leader_hands_over_and_is_prepared_when_another_one_leads()
    {
        _bench.Elect("raft1");
        Begin();
        Assert.Equal([new Input.Transfer(null)], _bench.Steps);
        _asker.ExpectNoMsg(TimeSpan.Zero);

        _bench.Elect("raft2");
        _stop.OnLeaderChanged();

        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Leader_that_has_stepped_down_is_not_prepared_before_its_successor_leads()
    {
        _bench.Elect("raft1");
        Begin();

        _bench.Context.Leader = null;
        _stop.OnLeaderChanged();
        _stop.OnTick();
        _asker.ExpectNoMsg(TimeSpan.Zero);

        _bench.Elect("raft2");
        _stop.OnLeaderChanged();
        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Process_that_does_not_lead_waits_for_no_leader()
    {
        Begin();

        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Leader_names_a_voter_when_another_one_is_leaving()
    {
        _stop.Receive(new WireMessage.Leaving(Bench.NameOf("raft2"), IsReply: false), _bench["raft2"]);
        _bench.Elect("raft1");
        _stop.Begin(_asker);

        Assert.Equal([new Input.Transfer(Bench.NameOf("raft3"))], _bench.Steps);
    }

    [Theory]
    [InlineData(TransferOutcome.TimedOut)]
    [InlineData(TransferOutcome.NoSuchVoter)]
    public void Leader_whose_transfer_fails_is_prepared_all_the_same(object outcome)
    {
        _bench.Elect("raft1");
        Begin();

        _stop.OnTransferEnded(new Effect.TransferEnded(null, (TransferOutcome)outcome));

        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Leader_whose_transfer_failed_hands_over_later_if_its_node_runs_on()
    {
        _bench.Elect("raft1");
        Begin();
        _stop.OnTransferEnded(new Effect.TransferEnded(null, TransferOutcome.TimedOut));
        _asker.ExpectMsg<EngineNews.Prepared>();
        _bench.Steps.Clear();
        _bench.Context.Now += 39;
        _stop.OnTick();
        Assert.Empty(_bench.Steps);

        _bench.Context.Now++;
        Assert.True(_stop.NeedsTicks);
        _stop.OnTick();

        Assert.Equal([new Input.Transfer(null)], _bench.Steps);
        _bench.Elect("raft2");
        Assert.False(_stop.NeedsTicks);
    }

    [Fact]
    public void Leader_that_reached_no_other_node_hands_over_when_it_does_if_its_node_runs_on()
    {
        _bench.LoseSightOf("raft2");
        _bench.LoseSightOf("raft3");
        _bench.LoseSightOf("raft4");
        _bench.Elect("raft1");
        Begin();

        _bench.Meet("raft2");
        _bench.Context.Now += 40;
        _stop.OnTick();

        Assert.Equal([new Input.Transfer(Bench.NameOf("raft2"))], _bench.Steps);
    }

    [Fact]
    public void Leader_waits_for_its_own_transfer_when_that_takes_the_place_of_another_one()
    {
        _bench.Elect("raft1");
        Begin();

        _stop.OnTransferEnded(new Effect.TransferEnded(Bench.NameOf("raft4"), TransferOutcome.TimedOut));
        _asker.ExpectNoMsg(TimeSpan.Zero);

        _stop.OnTransferEnded(new Effect.TransferEnded(null, TransferOutcome.TimedOut));
        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Leader_that_reaches_no_other_node_is_prepared_at_once()
    {
        foreach (var peer in Others)
        {
            _bench.LoseSightOf(peer);
        }

        _bench.Elect("raft1");
        _bench.Process.Appends.Add(_bench.Process.NewRequest(), null, OutcomeMaker<int>.Instance);
        Begin();

        Assert.Empty(_bench.Steps);
        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Leader_whose_successors_are_all_gone_is_prepared_at_once(bool hasSteppedDown)
    {
        _bench.Elect("raft1");
        Begin();
        if (hasSteppedDown)
        {
            _bench.Context.Leader = null;
            _stop.OnLeaderChanged();
        }

        _bench.LoseSightOf("raft2");
        _stop.OnTick();
        _asker.ExpectNoMsg(TimeSpan.Zero);

        _bench.LoseSightOf("raft3");
        _stop.OnTick();
        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Process_that_is_elected_again_while_its_node_stops_hands_over_again()
    {
        _bench.Elect("raft2");
        Begin();
        _asker.ExpectMsg<EngineNews.Prepared>();

        _bench.Elect("raft1");
        _stop.OnLeaderChanged();

        Assert.Equal([new Input.Transfer(null)], _bench.Steps);
    }

    [Fact]
    public void Process_is_prepared_when_its_open_appends_have_ended()
    {
        _bench.Elect("raft2");
        var open = _bench.Process.NewRequest();
        _bench.Process.Appends.Add(open, null, OutcomeMaker<int>.Instance);
        Begin();
        _stop.OnTick();
        _asker.ExpectNoMsg(TimeSpan.Zero);

        _bench.Process.Appends.Complete(open, new Serial(1), TestActor, kept: null);
        _stop.OnTick();

        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Process_whose_appends_do_not_end_is_prepared_after_twice_the_transfer_timeout()
    {
        _bench.Elect("raft2");
        _bench.Process.Appends.Add(_bench.Process.NewRequest(), null, OutcomeMaker<int>.Instance);
        Begin();
        _bench.Context.Now += 79;
        _stop.OnTick();
        _asker.ExpectNoMsg(TimeSpan.Zero);

        _bench.Context.Now++;
        _stop.OnTick();

        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Process_is_prepared_when_the_others_have_answered_that_they_send_nothing_more()
    {
        _bench.Elect("raft2");
        _stop.Begin(_asker);
        foreach (var peer in Others)
        {
            _asker.ExpectNoMsg(TimeSpan.Zero);
            _bench[peer].ExpectMsg(new WireMessage.Leaving(Bench.NameOf("raft1"), IsReply: false));
            _stop.Receive(new WireMessage.Leaving(Bench.NameOf(peer), IsReply: true), _bench[peer]);
        }

        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void Nothing_is_sent_to_a_leader_that_is_leaving_until_it_is_started_again()
    {
        _bench.Elect("raft2");
        Assert.Equal(_bench["raft2"].Ref, LeaderRoute.Find(_bench.Context)?.Engine);

        _stop.Receive(new WireMessage.Leaving(Bench.NameOf("raft2"), IsReply: false), _bench["raft2"]);
        _bench["raft2"].ExpectMsg(new WireMessage.Leaving(Bench.NameOf("raft1"), IsReply: true));
        _bench.Context.Peers.Learn(Bench.NameOf("raft2"), _bench["raft2"]);
        Assert.Null(LeaderRoute.Find(_bench.Context));

        _bench.Context.Peers.Learn(Bench.NameOf("raft2"), _asker);
        Assert.Equal(_asker.Ref, LeaderRoute.Find(_bench.Context)?.Engine);
    }

    [Fact]
    public void Leader_does_not_hand_over_to_processes_that_are_leaving_too()
    {
        foreach (var peer in Others)
        {
            _stop.Receive(new WireMessage.Leaving(Bench.NameOf(peer), IsReply: false), _bench[peer]);
        }

        _bench.Elect("raft1");
        _stop.Begin(_asker);

        Assert.Empty(_bench.Steps);
        _asker.ExpectMsg<EngineNews.Prepared>();
    }

    [Fact]
    public void New_append_of_the_node_is_not_committed()
    {
        _bench.Elect("raft2");
        var append = new ToEngine.Append(_bench.Process.NewRequest(), "key", new byte[1], TimeSpan.FromSeconds(5));
        Begin();

        _bench.Context.Appends.Submit(append);

        var cancelled = _bench.Actor.ExpectMsg<ToActor.Cancelled>();
        Assert.Equal(append.Request, cancelled.Request);
        Assert.IsType<CancelReason.NotCommitted>(cancelled.Reason);
    }

    [Fact]
    public void Append_of_another_process_is_refused_unless_this_one_leads()
    {
        var request = new WireMessage.AppendRequest(new RequestId(Bench.MemberOf("raft4"), 1), "key", new byte[1]);
        _bench.Elect("raft1");
        Begin();
        _bench.Context.Proposals.Submit(request, _bench["raft4"]);
        _bench.Actor.ExpectMsg<ToActor.Judge>();

        _bench.Elect("raft2");
        _bench.Context.Proposals.Submit(request, _bench["raft4"]);

        _bench["raft4"].ExpectMsg<WireMessage.Leaving>();
        _bench["raft4"].ExpectMsg(new AppendReply.Refused(request.Request));
    }

    // All other processes answer.
    private void Begin()
    {
        _stop.Begin(_asker);
        foreach (var peer in Others)
        {
            _stop.Receive(new WireMessage.Leaving(Bench.NameOf(peer), IsReply: true), _bench[peer]);
        }
    }
}
