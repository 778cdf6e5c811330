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
        _notices = new ActorNotices(_bench.Context);
    }

    [Fact]
    public void Leader_whose_notice_waited_has_the_actor_that_was_announced_meanwhile()
    {
        var (order, name) = (new CommittedLog().NewOrder(), Bench.NameOf("raft2"));
        _notices.OnInstalled(Snapshot);
        Tell();
        _bench.Context.TellActor(new ToActor.PeerMet(1, new Peer(name, TestActor, Serial.Zero, isReachable: true)));
        _notices.Release(Snapshot);

        order.Take(_bench.Actor.ExpectMsg<ToActor.PeerMet>());
        _bench.Actor.ExpectMsg<ToActor.Restore>();
        order.Take(_bench.Actor.ExpectMsg<ToActor.LeaderIs>());

        Assert.Equal(TestActor, order.Leader?.Actor);
    }

    [Fact]
    public void Notices_wait_for_the_latest_of_two_snapshots()
    {
        _notices.OnInstalled(Snapshot);
        _notices.OnInstalled(Snapshot with { Length = 1 });
        Tell();

        _notices.Release(Snapshot);
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _notices.Release(Snapshot with { Length = 1 });
        _bench.Actor.ExpectMsg<ToActor.Restore>();
        _bench.Actor.ExpectMsg<ToActor.Restore>();
        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
    }

    [Fact]
    public void Commits_for_an_earlier_life_do_not_raise_a_notice_of_the_next()
    {
        _bench.Commit(1);
        _notices.OnCommitted([], Serial.Zero);
        _notices.OnLifeEnded();
        _bench.Context.Attach(_bench.Actor, 2);
        _bench.Commit(2);
        _notices.OnCommitted([], new Serial(1));

        Assert.Equal(1, _bench.Actor.ExpectMsg<ToActor.Committed>().Life);
        Assert.Equal(2, _bench.Actor.ExpectMsg<ToActor.Committed>().Life);
    }

    private void Tell()
    {
        _bench.Elect("raft2");
        _notices.OnLeader(_bench.Context.Leader);
    }
}
