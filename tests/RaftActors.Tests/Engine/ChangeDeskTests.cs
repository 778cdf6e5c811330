using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class ChangeDeskTests : TestKit
{
    private static readonly GroupChange Join = new GroupChange.Join(new ProcessName("raft9@node9"));

    private readonly Bench _bench;
    private readonly ChangeDesk _desk;

    public ChangeDeskTests()
    {
        _bench = new Bench(this);
        _bench.BuildQuorum(("raft1", 0), ("raft2", 0), ("raft3", 0));
        _desk = new ChangeDesk(_bench.Context);
    }

    [Fact]
    public void Change_waits_for_a_leader_and_is_sent_to_it_once()
    {
        var change = Submit(Join);
        _bench.Elect("raft2");
        _desk.SendWaiting();
        _desk.OnTick();

        var sent = _bench["raft2"].ExpectMsg<WireMessage.ChangeRequest>();
        Assert.Equal((_bench.Process.ToId(change), Join, 0), (sent.Request, sent.Change, sent.Hops));
        _bench["raft2"].ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Follower_asks_through_a_quorum_member()
    {
        _bench.BuildQuorum(("raft2", 0), ("raft3", 0), ("raft4", 0));
        _bench.Elect("raft2");
        Submit(Join);

        Assert.Equal(1, _bench["raft3"].ExpectMsg<WireMessage.ChangeRequest>().Hops);
    }

    [Fact]
    public void Change_that_was_refused_is_sent_again_and_in_the_end_refused_with_what_stood_against_it()
    {
        var change = SubmitTo("raft2", Join);
        _desk.OnRefused(new WireMessage.ChangeRefused(_bench.Process.ToId(change), "another change is under way"));
        _desk.OnTick();
        _bench["raft2"].ExpectMsg<WireMessage.ChangeRequest>();
        _desk.OnRefused(new WireMessage.ChangeRefused(_bench.Process.ToId(change), "another change is under way"));

        _bench.Context.Now += 20;
        _desk.OnTick();

        ExpectMsg(new ChangeOutcome.Refused(change, "The time is up: another change is under way."));
    }

    [Fact]
    public void Change_that_makes_no_sense_is_refused_at_once()
    {
        var change = SubmitTo("raft2", Join);
        _desk.OnDenied(new WireMessage.ChangeDenied(_bench.Process.ToId(change), "raft9@node9 is in the group already"));

        ExpectMsg(new ChangeOutcome.Refused(change, "raft9@node9 is in the group already"));
    }

    [Fact]
    public void Change_that_may_have_reached_a_leader_ends_as_unknown()
    {
        var change = SubmitTo("raft2", Join);
        _bench.Context.Now += 20;
        _desk.OnTick();

        ExpectMsg(new ChangeOutcome.Unknown(change));
    }

    [Fact]
    public void Change_that_a_leader_took_is_done_when_a_configuration_that_is_not_joint_is_committed_there_or_later()
    {
        var change = SubmitTo("raft2", Join);
        _desk.OnTaken(new WireMessage.ChangeTaken(_bench.Process.ToId(change), new LogIndex(7), new Term(2)));
        _desk.OnCommitted(Reconfigure(6, 2, isJoint: false));
        _desk.OnCommitted(Reconfigure(7, 2, isJoint: true));
        ExpectNoMsg(TimeSpan.Zero);

        _desk.OnCommitted(Reconfigure(8, 3, isJoint: false));

        ExpectMsg(new ChangeOutcome.Done(change));
    }

    [Fact]
    public void Change_that_another_terms_entry_took_the_place_of_is_sent_again()
    {
        var change = SubmitTo("raft2", Join);
        _desk.OnTaken(new WireMessage.ChangeTaken(_bench.Process.ToId(change), new LogIndex(7), new Term(2)));
        _desk.OnCommitted(Reconfigure(7, 3, isJoint: false));
        ExpectNoMsg(TimeSpan.Zero);

        _bench.Elect("raft3");
        _desk.OnTick();

        _bench["raft3"].ExpectMsg<WireMessage.ChangeRequest>();
    }

    [Fact]
    public void Transfer_is_done_as_soon_as_the_process_that_was_named_leads()
    {
        var change = SubmitTo("raft2", new GroupChange.Transfer(Bench.NameOf("raft3")));
        _desk.OnLeader(Bench.NameOf("raft4"));
        ExpectNoMsg(TimeSpan.Zero);

        _desk.OnLeader(Bench.NameOf("raft3"));

        ExpectMsg(new ChangeOutcome.Done(change));
    }

    [Fact]
    public void Transfer_to_anybody_is_done_as_soon_as_another_one_leads()
    {
        var change = SubmitTo("raft2", new GroupChange.Transfer(null));
        _desk.OnRefused(new WireMessage.ChangeRefused(_bench.Process.ToId(change), "raft2@node2 lost the lead meanwhile"));
        _desk.OnLeader(Bench.NameOf("raft2"));
        ExpectNoMsg(TimeSpan.Zero);

        _desk.OnLeader(Bench.NameOf("raft3"));

        ExpectMsg(new ChangeOutcome.Done(change));
    }

    [Fact]
    public void Stopped_engine_leaves_no_change_without_an_outcome()
    {
        var waiting = Submit(Join);
        _desk.OnStopped();

        ExpectMsg(new ChangeOutcome.Refused(waiting, "The engine has stopped: no leader could be reached."));
    }

    private RequestRef SubmitTo(string leader, GroupChange what)
    {
        _bench.Elect(leader);
        var change = Submit(what);
        _bench[leader].ExpectMsg<WireMessage.ChangeRequest>();
        return change;
    }

    private RequestRef Submit(GroupChange what)
    {
        var request = _bench.Process.NewRequest();
        _desk.Submit(new ToEngine.Change(request, what, TimeSpan.FromSeconds(1), TestActor));
        return request;
    }

    private LogEntry Reconfigure(long index, long term, bool isJoint)
    {
        var self = _bench.Process.Member;
        var configuration = new Configuration(GroupUid.None, 1, [self], isJoint ? [self] : [], [], []);
        return new LogEntry(new LogIndex(index), new Term(term), Serial.Zero, new Payload.Reconfigure(configuration));
    }
}
