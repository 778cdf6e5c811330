using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class LeaderChangesTests : TestKit
{
    private static readonly ProcessName Newcomer = new("raft9@node9");

    private readonly Bench _bench;
    private readonly LeaderChanges _changes;
    private readonly TestProbe _origin;

    public LeaderChangesTests()
    {
        _bench = new Bench(this);
        _origin = _bench["raft4"];
        _changes = _bench.Context.LeaderChanges;
    }

    [Fact]
    public void Process_that_does_not_lead_refuses_a_request()
    {
        _bench.Elect("raft2");
        Submit(1, new GroupChange.Join(Newcomer));

        _origin.ExpectMsg(new ChangeReply.NotMade(RequestOf(1), NotCommittedReason.NoLeader, "raft1@node1 does not lead"));
    }

    [Fact]
    public void Calls_for_one_transfer_wait_up_to_the_bound_and_those_that_wait_are_answered()
    {
        _bench.Elect("raft1");
        foreach (var number in Enumerable.Range(1, 10 * LeaderChanges.TransfersMax))
        {
            Submit(number, new GroupChange.Transfer(Bench.NameOf("raft2")));
        }

        var refused = _origin.ReceiveN(9 * LeaderChanges.TransfersMax).Cast<ChangeReply.NotMade>();
        Assert.All(refused, each => Assert.Equal((NotCommittedReason.Busy, false), (each.Reason, each.IsOver)));
        _changes.OnTransferEnded(new Effect.TransferEnded(Bench.NameOf("raft2"), TransferOutcome.Done));
        Assert.Equal(LeaderChanges.TransfersMax, _origin.ReceiveN(LeaderChanges.TransfersMax).OfType<ChangeReply.Done>().Count());
        Assert.False(_origin.HasMessages);
    }

    [Fact]
    public void Change_of_members_goes_to_core_with_the_latest_committed_configuration()
    {
        _bench.Elect("raft1");
        var latest = (Payload.Reconfigure)Reconfigure(7, isJoint: false).Payload;
        _bench.Context.CommitConfiguration(new LogIndex(7), latest.Configuration);
        Submit(1, new GroupChange.Join(Newcomer));
        Submit(2, new GroupChange.Leave(Newcomer));

        Assert.Equal(
            [
                new Input.ChangeMembers(RequestOf(1), new LogIndex(7), new MemberChange.Join(Newcomer)),
                new Input.ChangeMembers(RequestOf(2), new LogIndex(7), new MemberChange.Leave(Newcomer)),
            ],
            _bench.Steps);
    }

    [Fact]
    public void Origin_learns_the_place_of_its_change_and_when_it_is_done()
    {
        _bench.Elect("raft1");
        Submit(1, new GroupChange.Join(Newcomer));
        _changes.OnAccepted(new Effect.MembersAccepted(RequestOf(1), new LogIndex(8)), new Term(3));
        _origin.ExpectMsg(new ChangeReply.Taken(RequestOf(1), new LogPlace(new LogIndex(8), new Term(3))));
        _changes.OnCommitted(Reconfigure(7, isJoint: false));
        _changes.OnCommitted(Reconfigure(8, isJoint: true));
        _origin.ExpectNoMsg(TimeSpan.Zero);

        _changes.OnCommitted(Reconfigure(9, isJoint: false));

        var changed = _origin.ExpectMsg<ChangeReply.Changed>();
        Assert.Equal((1, new LogIndex(9)), (changed.Request.Number, changed.Index));
    }

    [Fact]
    public void Former_leader_does_not_report_a_replaced_change_as_done()
    {
        _bench.Elect("raft1");
        Submit(1, new GroupChange.Join(Newcomer));
        _changes.OnAccepted(new Effect.MembersAccepted(RequestOf(1), new LogIndex(8)), new Term(3));
        _origin.ExpectMsg<ChangeReply.Taken>();

        _changes.OnDeposed();
        _changes.OnCommitted(Reconfigure(8, isJoint: false));

        _origin.ExpectNoMsg(TimeSpan.Zero);
    }

    // One step of Core commits before it reports that this process no longer leads.
    [Fact]
    public void Leader_does_not_report_a_change_as_done_that_a_later_term_overwrote()
    {
        _bench.Elect("raft1");
        Submit(1, new GroupChange.Join(Newcomer));
        _changes.OnAccepted(new Effect.MembersAccepted(RequestOf(1), new LogIndex(8)), new Term(3));
        _origin.ExpectMsg<ChangeReply.Taken>();

        _changes.OnCommitted(Reconfigure(9, isJoint: false) with { Term = new Term(4) });

        _origin.ExpectNoMsg(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(MembersRefusalReason.Outdated, NotCommittedReason.Busy)]
    [InlineData(MembersRefusalReason.UnderWay, NotCommittedReason.Busy)]
    [InlineData(MembersRefusalReason.NotResponsive, NotCommittedReason.NotResponsive)]
    public void Change_that_core_cannot_make_now_is_sent_again(object refusal, NotCommittedReason reason)
    {
        Refuse((MembersRefusalReason)refusal);

        _origin.ExpectMsg(new ChangeReply.NotMade(RequestOf(1), reason, "why"));
    }

    [Fact]
    public void Change_that_makes_no_sense_is_denied_and_one_to_a_former_leader_is_sent_again()
    {
        Refuse(MembersRefusalReason.Invalid);
        Refuse(MembersRefusalReason.NotLeader);

        _origin.ExpectMsg(new ChangeReply.NotMade(RequestOf(1), NotCommittedReason.Invalid, "why", IsOver: true));
        _origin.ExpectMsg(new ChangeReply.NotMade(RequestOf(1), NotCommittedReason.NoLeader, "why"));
    }

    [Fact]
    public void Change_that_is_based_on_an_older_configuration_is_over()
    {
        Refuse(MembersRefusalReason.Outdated, basedOn: new LogIndex(2));

        _origin.ExpectMsg(new ChangeReply.NotMade(RequestOf(1), NotCommittedReason.Outdated, "why", IsOver: true));
    }

    [Theory]
    [InlineData(TransferOutcome.Done, "raft3", null, false)]
    [InlineData(TransferOutcome.NotLeader, "raft3", NotCommittedReason.NoLeader, false)]
    [InlineData(TransferOutcome.NoSuchVoter, "raft3", NotCommittedReason.Invalid, true)]
    [InlineData(TransferOutcome.TimedOut, null, NotCommittedReason.NotResponsive, true)]
    public void Transfer_goes_to_core_and_its_outcome_to_the_origin(
        object outcome, string? process, NotCommittedReason? reason, bool isOver)
    {
        ProcessName? target = process is null ? null : Bench.NameOf(process);
        _bench.Elect("raft1");
        Submit(1, new GroupChange.Transfer(target));
        Assert.Equal(new Input.Transfer(target), Assert.Single(_bench.Steps));

        _changes.OnTransferEnded(new Effect.TransferEnded(target, (TransferOutcome)outcome));

        var reply = _origin.ExpectMsg<ChangeReply>();
        Assert.Equal(reason is null, reply is ChangeReply.Done);
        Assert.Equal((reason, isOver), reply is ChangeReply.NotMade refusal ? (refusal.Reason, refusal.IsOver) : (null, false));
    }

    [Fact]
    public void Transfer_to_the_present_leader_is_done_at_once()
    {
        _bench.Elect("raft1");
        Submit(1, new GroupChange.Transfer(Bench.NameOf("raft1")));

        _origin.ExpectMsg(new ChangeReply.Done(RequestOf(1)));
        Assert.Empty(_bench.Steps);
    }

    [Fact]
    public void Second_transfer_to_the_same_process_ends_with_the_first_and_one_to_another_is_refused()
    {
        _bench.Elect("raft1");
        Submit(1, new GroupChange.Transfer(Bench.NameOf("raft3")));
        Submit(2, new GroupChange.Transfer(Bench.NameOf("raft3")));
        Submit(3, new GroupChange.Transfer(Bench.NameOf("raft2")));
        Assert.Equal(3, _origin.ExpectMsg<ChangeReply.NotMade>().Request.Number);

        _changes.OnTransferEnded(new Effect.TransferEnded(Bench.NameOf("raft3"), TransferOutcome.Done));

        Assert.Equal([1L, 2], _origin.ReceiveN(2).Cast<ChangeReply.Done>().Select(done => done.Request.Number));
        Assert.Single(_bench.Steps);
    }

    [Fact]
    public void End_of_a_transfer_of_another_desk_answers_no_origin()
    {
        _bench.Elect("raft1");
        _changes.OnTransferEnded(new Effect.TransferEnded(Bench.NameOf("raft2"), TransferOutcome.TimedOut));
        Submit(1, new GroupChange.Transfer(Bench.NameOf("raft3")));
        _changes.OnTransferEnded(new Effect.TransferEnded(Bench.NameOf("raft2"), TransferOutcome.TimedOut));

        _origin.ExpectNoMsg(TimeSpan.Zero);
    }

    private void Refuse(MembersRefusalReason reason, LogIndex? basedOn = null)
    {
        _bench.Elect("raft1");
        Submit(1, new GroupChange.Join(Newcomer, basedOn));
        _changes.OnRefused(new Effect.MembersRefused(RequestOf(1), reason, "why"));
    }

    private static RequestId RequestOf(long number) => new(Bench.MemberOf("raft4"), number);

    private void Submit(long number, GroupChange change) =>
        _changes.Submit(new WireMessage.ChangeRequest(RequestOf(number), change), _origin);

    private LogEntry Reconfigure(long index, bool isJoint)
    {
        var self = _bench.Process.Member;
        var configuration = new Configuration(GroupUid.None, 1, [self], isJoint ? [self] : [], [], []);
        return new LogEntry(new LogIndex(index), new Term(3), Serial.Zero, new Payload.Reconfigure(configuration));
    }
}
