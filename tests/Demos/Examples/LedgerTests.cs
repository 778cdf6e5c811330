using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>
/// Tests one raft actor, with a probe that watches it and a scripted group in place of the other processes.
/// </summary>
public sealed class LedgerTests : TestKit
{
    [Fact]
    public void Committed_booking_is_applied()
    {
        var group = new ScriptedGroup<int>(Sys);
        Sys.ActorOf(Props.Create(() => new Ledger(TestActor)));
        group.BuildQuorum(withActor: false);
        group.Commit("alice", 30);
        FishForMessage<Booked>(booked => booked == new Booked(1, "alice", 30));
    }

    [Fact]
    public void Client_receives_the_new_balance_when_its_booking_is_committed()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys, asked);
        var ledger = StartLedger();
        group.BuildQuorum(withActor: false);
        group.Commit("alice", 30);

        ledger.Tell(new Book("alice", 12), TestActor);
        group.Commit(asked.ExpectMsg<FromActor<int>.Append>());

        ExpectMsg<Outcome<BookingResult>>(done =>
            Assert.Equal(new BookingResult(IsBooked: true, Balance: 42), done.ResultOr(default!)));
    }

    [Fact]
    public void Booking_with_an_unknown_outcome_is_reported_as_unknown()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys, asked);
        var ledger = StartLedger();

        ledger.Tell(new Book("alice", 12), TestActor);
        var append = asked.ExpectMsg<FromActor<int>.Append>();
        group.Cancel(append.Request, new RaftFailure(FailureKind.Unknown, FailureReason.TimedOut, "no answer"));

        Assert.Equal(FailureKind.Unknown, ExpectMsg<Outcome<BookingResult>>().Failure?.Kind);
    }

    // The leader checks a proposal before the earlier ones are committed, so it accepts both.
    [Fact]
    public async Task Second_withdrawal_in_flight_is_not_applied_when_it_overdraws_the_account()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys, asked);
        var ledger = StartLedger();
        group.BuildQuorum();
        group.ElectActor();
        group.Commit("alice", 30);

        Assert.Null(await group.ProposeAsync("alice", -20));
        Assert.Null(await group.ProposeAsync("alice", -20));

        ledger.Tell(new Book("alice", -20), TestActor);
        ledger.Tell(new Book("alice", -20), TestActor);
        group.Commit(asked.ExpectMsg<FromActor<int>.Append>());
        group.Commit(asked.ExpectMsg<FromActor<int>.Append>());

        ExpectMsg<Outcome<BookingResult>>(done =>
            Assert.Equal(new BookingResult(IsBooked: true, Balance: 10), done.ResultOr(default!)));
        ExpectMsg<Outcome<BookingResult>>(done =>
            Assert.Equal(new BookingResult(IsBooked: false, Balance: 10), done.ResultOr(default!)));
    }

    [Fact]
    public async Task Leader_discards_a_withdrawal_that_overdraws_an_account()
    {
        var group = new ScriptedGroup<int>(Sys, null, [("alice", 30)]);
        StartLedger();
        group.BuildQuorum();
        group.ElectActor();

        Assert.Null(await group.ProposeAsync("alice", -30));
        Assert.Equal("alice would be overdrawn", await group.ProposeAsync("alice", -31));
    }

    [Fact]
    public void Lagging_ledger_gets_the_earlier_bookings_in_order_before_a_new_one()
    {
        var asked = CreateTestProbe();
        var watcher = CreateTestProbe();
        watcher.IgnoreMessages(message => message is not Booked);
        var group = new ScriptedGroup<int>(Sys, asked, [("alice", 1), ("alice", 2)]);
        StartLedger(watcher);
        group.Found();
        group.Commit("bob", 5);

        watcher.ExpectMsg(new Booked(1, "alice", 1));
        watcher.ExpectMsg(new Booked(2, "alice", 2));
        watcher.ExpectMsg(new Booked(3, "bob", 5));
        asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public async Task Another_process_is_served_from_the_log()
    {
        var group = new ScriptedGroup<int>(Sys, null, [("alice", 30)]);
        StartLedger();

        var pair = new Entry<int>(new Serial(1), "alice", 30) { Time = new DateTimeOffset(2000, 1, 1, 0, 0, 1, TimeSpan.Zero) };
        Assert.Equal(pair, await group.AskAsync(new Serial(1)));
        Assert.Null(await group.AskAsync(new Serial(2)));
    }

    [Fact]
    public void Ledger_reports_changes_of_quorum_and_leader()
    {
        var watcher = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys);
        StartLedger(watcher);

        group.BuildQuorum();
        group.ElectPeer();
        group.ElectActor();
        group.LoseLeader();
        group.LoseQuorum();

        watcher.ExpectMsg("quorum of 3");
        watcher.ExpectMsg($"{group.Peers[0]} leads");
        watcher.ExpectMsg("I lead");
        watcher.ExpectMsg("nobody leads");
        watcher.ExpectMsg("no quorum");
    }

    [Fact]
    public void Restarted_ledger_receives_all_bookings_again()
    {
        var watcher = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys);
        var ledger = StartLedger(watcher);
        group.BuildQuorum(withActor: false);
        group.Commit("alice", 30);
        watcher.FishForMessage<Booked>(booked => booked.Serial == 1);

        ledger.Tell(new InvalidOperationException("a restart by the supervisor"));

        watcher.ExpectMsg("quorum of 2");
        watcher.ExpectMsg(new Booked(1, "alice", 30));
        ledger.Tell(new GetBalance("alice"), TestActor);
        ExpectMsg(30);
    }

    [Fact]
    public void Linearizable_read_waits_until_committed_bookings_are_delivered()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys, asked, [("alice", 30)]);
        var ledger = StartLedger();
        ledger.Tell(new ReadBalance("alice"), TestActor);

        // The booking is committed and not yet delivered to this ledger, so the answer waits.
        group.Confirm(asked.ExpectMsg<FromActor<int>.Query>());
        group.BuildQuorum(withActor: false);

        ExpectMsg<Outcome<object?>>(done => Assert.Equal(30, done.Result));
    }

    private IActorRef StartLedger(TestProbe? watcher = null)
    {
        var told = watcher ?? CreateTestProbe();
        return Sys.ActorOf(Props.Create(() => new Ledger(told)));
    }
}
