using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Tests.Delivery;

namespace RaftActors.Tests.Engine;

public sealed class ActorNoticesTests : TestKit
{
    private static readonly LogPosition Position = new(new LogIndex(4), new Term(1), new Serial(4), 0);
    private static readonly Snapshot Snapshot = new(
        Position, new LogIndex(1), new Configuration(GroupUid.None, 1, [], [], [], []), [], 0);

    private readonly Bench _bench;
    private readonly ActorNotices _notices;

    public ActorNoticesTests()
    {
        _bench = new Bench(this);
        _notices = _bench.Context.Notices;
    }

    [Fact]
    public void Notices_wait_in_order_until_the_snapshot_before_them_is_durable()
    {
        _notices.HoldFor(Snapshot);
        _notices.Tell(new ToActor.QuorumIs(1, null));
        Tell();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _notices.Release(Snapshot);

        _bench.Actor.ExpectMsg<ToActor.QuorumIs>();
        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
    }

    [Fact]
    public void Leader_whose_notice_waited_has_the_actor_that_was_announced_meanwhile()
    {
        var (order, name) = (new CommittedLog().NewOrder(), Bench.NameOf("raft2"));
        _notices.HoldFor(Snapshot);
        _notices.Tell(new ToActor.LeaderIs(1, new Leader(name, null, 1, Serial.Zero, isSelf: false, isReady: true)));
        _bench.Context.TellActor(new ToActor.PeerMet(1, new Peer(name, TestActor, Serial.Zero, isReachable: true)));
        _notices.Release(Snapshot);

        order.Take(_bench.Actor.ExpectMsg<ToActor.PeerMet>());
        order.Take(_bench.Actor.ExpectMsg<ToActor.LeaderIs>());

        Assert.Equal(TestActor, order.Leader?.Actor);
    }

    [Fact]
    public void Notices_wait_for_the_latest_of_two_snapshots()
    {
        _notices.HoldFor(Snapshot);
        _notices.HoldFor(Snapshot with { Length = 1 });
        Tell();

        _notices.Release(Snapshot);
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _notices.Release(Snapshot with { Length = 1 });
        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
    }

    [Fact]
    public void Waiting_notices_of_an_earlier_life_are_not_told_to_the_next()
    {
        _notices.HoldFor(Snapshot);
        Tell();

        _notices.Forget();
        _notices.Release(Snapshot);

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Append_that_is_held_for_a_snapshot_when_the_engine_stops_ends_as_unknown()
    {
        var own = _bench.Process.NewRequest();
        _notices.HoldFor(Snapshot);
        _bench.Process.Pairs.StartAfter(Position);
        _bench.Process.Pairs.Commit([Bench.Entry(5, 1, _bench.Process.ToId(own)), Bench.Entry(6, 1, null)]);
        _notices.TellCommitted(new Serial(6));

        _notices.OnStopped();

        _bench.Actor.ExpectMsg(new ToActor.Cancelled(ToActor.AnyLife, own, new CancelReason.Unknown(UnknownReason.Stopped)));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Commits_raise_the_notice_that_the_actor_has_not_taken()
    {
        _notices.TellCommitted(new Serial(1));
        _notices.TellCommitted(new Serial(3));

        var notice = _bench.Actor.ExpectMsg<ToActor.Committed>();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(new Serial(3), notice.Take());

        _notices.TellCommitted(new Serial(4));
        Assert.Equal(new Serial(4), _bench.Actor.ExpectMsg<ToActor.Committed>().Take());
    }

    [Fact]
    public void Commits_after_another_notice_do_not_overtake_it()
    {
        _notices.TellCommitted(new Serial(1));
        Tell();
        _notices.TellCommitted(new Serial(2));

        Assert.Equal(new Serial(1), _bench.Actor.ExpectMsg<ToActor.Committed>().Take());
        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
        Assert.Equal(new Serial(2), _bench.Actor.ExpectMsg<ToActor.Committed>().Take());
    }

    [Fact]
    public void Commits_that_wait_for_a_snapshot_are_told_in_one_notice()
    {
        _notices.HoldFor(Snapshot);
        _notices.TellCommitted(new Serial(1));
        _notices.TellCommitted(new Serial(2));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _notices.Release(Snapshot);

        Assert.Equal(new Serial(2), _bench.Actor.ExpectMsg<ToActor.Committed>().Take());
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Commits_for_an_earlier_life_do_not_raise_a_notice_of_the_next()
    {
        _notices.TellCommitted(new Serial(1));
        _notices.Forget();
        _bench.Context.Attach(_bench.Actor, 2);
        _notices.TellCommitted(new Serial(2));

        Assert.Equal(1, _bench.Actor.ExpectMsg<ToActor.Committed>().Life);
        Assert.Equal(2, _bench.Actor.ExpectMsg<ToActor.Committed>().Life);
    }

    private void Tell() => _notices.Tell(new ToActor.LeaderIs(1, null));
}
