using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class PendingChangesTests : TestKit
{
    private static readonly Member Joined = new(new ProcessName("raft9@node9"), Incarnation.None);
    private static readonly GroupChange Join = new GroupChange.Join(Joined.Name);
    private static readonly GroupChange Leave = new GroupChange.Leave(Joined.Name);

    private readonly Bench _bench;
    private readonly PendingChanges _changes;

    public PendingChangesTests()
    {
        _bench = new Bench(this);
        _bench.BuildQuorum(("raft1", 0), ("raft2", 0), ("raft3", 0));
        _changes = _bench.Context.Changes;
    }

    [Fact]
    public void Change_waits_for_a_leader_and_is_sent_to_it_once()
    {
        var change = Submit(Join);
        _bench.Elect("raft2");
        _changes.SendWaiting();
        _changes.OnTick();

        var sent = _bench["raft2"].ExpectMsg<WireMessage.ChangeRequest>();
        Assert.Equal((_bench.Process.ToId(change), Join), (sent.Request, sent.Change));
        _bench["raft2"].ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Leader_gives_its_own_changes_to_core_without_a_message_to_itself()
    {
        RequestRef[] requests = [Submit(new GroupChange.Transfer(null)), Submit(new GroupChange.Transfer(null))];
        _bench.Elect("raft1");
        _changes.SendWaiting();
        Assert.Equal([new Input.Transfer(null)], _bench.Steps);

        _bench.Context.LeaderChanges.OnTransferEnded(new Effect.TransferEnded(null, TransferOutcome.Done));

        Assert.Equal(requests, ReceiveN(2).Cast<Outcome<Membership>.Done>().Select(outcome => outcome.Request));
        _bench.Self.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Own_changes_of_a_leader_that_end_at_once_all_end()
    {
        RequestRef[] requests = [.. Enumerable.Range(0, 3).Select(_ => Submit(new GroupChange.Transfer(_bench.Process.Name)))];
        _bench.Elect("raft1");

        _changes.SendWaiting();

        Assert.Equal(requests, ReceiveN(3).Cast<Outcome<Membership>.Done>().Select(outcome => outcome.Request));
        Assert.Equal(0, _changes.Count);
    }

    [Fact]
    public void Refused_change_is_sent_again_and_ends_with_the_reason_of_the_latest_refusal()
    {
        var change = SubmitTo("raft2", Join);
        _changes.Receive(UnderWay(change));
        _changes.OnTick();
        _bench["raft2"].ExpectMsg<WireMessage.ChangeRequest>();
        _changes.Receive(UnderWay(change));

        _bench.Context.Now += 20;
        _changes.OnTick();

        var detail = "The timeout has passed: another change is under way.";
        ExpectMsg(new Outcome<Membership>.NotCommitted(NotCommittedReason.Busy, detail, change));
    }

    [Fact]
    public void Denied_change_is_refused_at_once()
    {
        var change = SubmitTo("raft2", Join);
        _changes.Receive(new ChangeReply.NotMade(
            _bench.Process.ToId(change), NotCommittedReason.Invalid, "raft9@node9 is in the group already", IsOver: true));

        ExpectMsg(new Outcome<Membership>.NotCommitted(NotCommittedReason.Invalid, "raft9@node9 is in the group already", change));
    }

    [Fact]
    public void Change_that_may_have_reached_a_leader_ends_as_unknown()
    {
        var change = SubmitTo("raft2", Join);
        _bench.Context.Now += 20;
        _changes.OnTick();

        ExpectMsg(new Outcome<Membership>.Unknown(UnknownReason.TimedOut, change));
    }

    [Fact]
    public void Change_that_a_leader_took_is_done_when_a_configuration_that_is_not_joint_is_committed_there_or_later()
    {
        var change = SubmitTo("raft2", Join);
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(change), new LogPlace(new LogIndex(7), new Term(2))));
        Commit(Reconfigure(6, 2, isJoint: false));
        Commit(Reconfigure(7, 2, isJoint: true, Joined));
        ExpectNoMsg(TimeSpan.Zero);

        Commit(Reconfigure(8, 3, isJoint: false, Joined));

        ExpectMsg<Outcome<Membership>.Done>(done => Assert.Equal(change, done.Request));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(5)]
    public void Change_overwritten_in_another_term_is_sent_again(long index)
    {
        var change = SubmitTo("raft2", Join);
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(change), new LogPlace(new LogIndex(7), new Term(2))));
        Commit(Reconfigure(index, 3, isJoint: false));
        ExpectNoMsg(TimeSpan.Zero);

        _bench.Elect("raft3");
        _changes.OnTick();

        _bench["raft3"].ExpectMsg<WireMessage.ChangeRequest>();
    }

    // raft2 puts the Join at 7 in term 2 and loses its term; the entry of term 3 that replaces it is committed before raft2's answer comes.
    [Fact]
    public void Join_that_was_overwritten_before_its_place_was_known_is_sent_again()
    {
        var change = SubmitTo("raft2", Join);
        Commit(new LogEntry(new LogIndex(7), new Term(3), Serial.Zero, Payload.NoOp.Instance));
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(change), new LogPlace(new LogIndex(7), new Term(2))));

        _bench.Elect("raft3");
        _changes.OnTick();

        _bench["raft3"].ExpectMsg<WireMessage.ChangeRequest>();
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Join_whose_name_a_later_configuration_lacks_is_unknown_when_its_place_becomes_known_only_then()
    {
        var change = SubmitTo("raft2", Join);
        Commit(new LogEntry(new LogIndex(7), new Term(3), Serial.Zero, Payload.NoOp.Instance));
        Commit(Reconfigure(12, 3, isJoint: false));
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(change), new LogPlace(new LogIndex(7), new Term(2))));

        ExpectMsg(new Outcome<Membership>.Unknown(UnknownReason.Superseded, change));
    }

    [Fact]
    public void Join_whose_name_the_configuration_of_a_snapshot_lacks_is_unknown()
    {
        var change = SubmitTo("raft2", Join);
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(change), new LogPlace(new LogIndex(7), new Term(2))));
        Install(10, Reconfigure(9, 3, isJoint: false));

        ExpectMsg(new Outcome<Membership>.Unknown(UnknownReason.Superseded, change));
    }

    [Fact]
    public void Join_that_a_snapshot_without_a_configuration_from_its_place_on_covers_is_sent_again()
    {
        var change = SubmitTo("raft2", Join);
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(change), new LogPlace(new LogIndex(7), new Term(2))));
        Install(10, Reconfigure(3, 1, isJoint: false));
        ExpectNoMsg(TimeSpan.Zero);

        _bench.Elect("raft3");
        _changes.OnTick();

        _bench["raft3"].ExpectMsg<WireMessage.ChangeRequest>();
    }

    [Fact]
    public void Join_is_done_when_the_configuration_of_a_snapshot_has_its_name()
    {
        var change = SubmitTo("raft2", Join);
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(change), new LogPlace(new LogIndex(7), new Term(2))));
        Install(10, Reconfigure(8, 2, isJoint: false, Joined));

        ExpectMsg<Outcome<Membership>.Done>(done => Assert.Equal(change, done.Request));
    }

    [Fact]
    public void Leave_is_done_when_the_configuration_lacks_its_name_and_unknown_when_it_still_has_it()
    {
        var (first, second) = (SubmitTo("raft2", Leave), SubmitTo("raft2", Leave));
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(first), new LogPlace(new LogIndex(7), new Term(2))));
        Install(10, Reconfigure(8, 2, isJoint: false));
        ExpectMsg<Outcome<Membership>.Done>(done => Assert.Equal(first, done.Request));

        Commit(Reconfigure(12, 3, isJoint: false, Joined));
        _changes.Receive(new ChangeReply.Taken(_bench.Process.ToId(second), new LogPlace(new LogIndex(11), new Term(2))));
        ExpectMsg(new Outcome<Membership>.Unknown(UnknownReason.Superseded, second));
    }

    [Fact]
    public void Transfer_is_done_as_soon_as_its_target_leads()
    {
        var change = SubmitTo("raft2", new GroupChange.Transfer(Bench.NameOf("raft3")));
        _changes.OnLeader(Bench.NameOf("raft4"));
        ExpectNoMsg(TimeSpan.Zero);

        _changes.OnLeader(Bench.NameOf("raft3"));

        ExpectMsg<Outcome<Membership>.Done>(done => Assert.Equal(change, done.Request));
    }

    [Fact]
    public void Transfer_without_a_target_is_done_as_soon_as_another_process_leads()
    {
        var change = SubmitTo("raft2", new GroupChange.Transfer(null));
        _changes.Receive(new ChangeReply.NotMade(
            _bench.Process.ToId(change), NotCommittedReason.NoLeader, "raft2@node2 has stepped down"));
        _changes.OnLeader(Bench.NameOf("raft2"));
        ExpectNoMsg(TimeSpan.Zero);

        _changes.OnLeader(Bench.NameOf("raft3"));

        ExpectMsg<Outcome<Membership>.Done>(done => Assert.Equal(change, done.Request));
    }

    [Fact]
    public void Stopped_engine_leaves_no_change_without_an_outcome()
    {
        var waiting = Submit(Join);
        _changes.OnStopped();

        var detail = "The engine has stopped: no leader could be reached.";
        ExpectMsg(new Outcome<Membership>.NotCommitted(NotCommittedReason.Stopped, detail, waiting));
    }

    private ChangeReply.NotMade UnderWay(RequestRef change) =>
        new(_bench.Process.ToId(change), NotCommittedReason.Busy, "another change is under way");

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
        _changes.Submit(new ToEngine.Change(request, what, TimeSpan.FromSeconds(1), TestActor));
        return request;
    }

    // In the engine's order: the context first, then the changes.
    private void Commit(LogEntry entry)
    {
        _bench.Context.Commit = entry.Index;
        if (entry.Payload is Payload.Reconfigure(var configuration))
        {
            _bench.Context.CommitConfiguration(entry.Index, configuration);
        }

        _changes.OnCommitted(entry);
    }

    private void Install(long index, LogEntry configuration)
    {
        _bench.Context.Commit = new LogIndex(index);
        _bench.Context.CommitConfiguration(configuration.Index, ((Payload.Reconfigure)configuration.Payload).Configuration);
        _changes.OnInstalled();
    }

    private LogEntry Reconfigure(long index, long term, bool isJoint, params Member[] learners)
    {
        var self = _bench.Process.Member;
        var configuration = new Configuration(GroupUid.None, 1, [self], isJoint ? [self] : [], [.. learners], []);
        return new LogEntry(new LogIndex(index), new Term(term), Serial.Zero, new Payload.Reconfigure(configuration));
    }
}
