using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>Tests that a snapshot restores the actor's state unchanged.</summary>
public sealed class LedgerSnapshotTests : TestKit
{
    private readonly TestProbe _asked;
    private readonly ScriptedGroup<int> _group;

    public LedgerSnapshotTests()
    {
        _asked = CreateTestProbe();
        _group = new ScriptedGroup<int>(Sys, _asked, [("alice", 30), ("bob", 5)]);
    }

    [Fact]
    public void Restarted_ledger_continues_from_its_snapshot()
    {
        var watcher = CreateTestProbe();
        var ledger = Sys.ActorOf(Props.Create(() => new Ledger(watcher)));
        _group.BuildQuorum(withActor: false);
        _group.TakeSnapshot();
        Assert.Equal(new Serial(2), _asked.ExpectMsg<FromActor<int>.Snapshot>().Serial);
        watcher.FishForMessage<Booked>(booked => booked.Serial == 2);

        ledger.Tell(new InvalidOperationException("a restart by the supervisor"));
        _group.Commit("alice", 1);

        watcher.FishForMessage<Booked>(booked => booked == new Booked(3, "alice", 1));
        ledger.Tell(new GetBalance("alice"), TestActor);
        ledger.Tell(new GetBalance("bob"), TestActor);
        ExpectMsg(31);
        ExpectMsg(5);
    }

    [Fact]
    public void Lagging_ledger_replaces_its_balances_by_a_received_snapshot()
    {
        var unheard = CreateTestProbe();
        Sys.ActorOf(Props.Create(() => new Ledger(unheard)));
        _group.BuildQuorum(withActor: false);
        _group.SendSnapshot(new Serial(100), """{"alice":7}"""u8.ToArray());
        _group.Commit("alice", 3);
        _group.TakeSnapshot();

        var snapshot = _asked.ExpectMsg<FromActor<int>.Snapshot>();

        Assert.Equal(new Serial(101), snapshot.Serial);
        Assert.Equal("""{"alice":10}"""u8.ToArray(), Assert.IsType<byte[]>(snapshot.State));
    }
}
