using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

public sealed class NoticeDeskTests : TestKit
{
    private static readonly Member Unmet = new(Bench.NameOf("raft5"), new Incarnation(new Guid(5, 0, 0, new byte[8])));

    private readonly Bench _bench;
    private readonly NoticeDesk _desk;

    public NoticeDeskTests()
    {
        _bench = new Bench(this);
        _desk = new NoticeDesk(_bench.Context);
    }

    [Fact]
    public void Notices_after_a_quorum_with_an_unmet_member_wait_in_order_until_it_is_met()
    {
        BuildQuorumWith(Unmet);
        _desk.Tell(() => new ToActor.QuorumIs(1, new Quorum([_bench.Context.Peers.ToPid(Unmet.Name)], IsMember: false)));
        _desk.Tell(() => new ToActor.LeaderIs(1, null));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _bench.Context.Peers.Learn(Unmet.Name, 1009, _bench["raft2"]);
        _desk.TellWaiting();

        Assert.Equal(1009, Assert.Single(_bench.Actor.ExpectMsg<ToActor.QuorumIs>().Quorum!.Members).Number);
        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
    }

    [Fact]
    public void Unreachable_member_is_waited_for_one_election_timeout()
    {
        BuildQuorumWith(Unmet);
        Tell();
        _bench.Context.Now = 39;
        _desk.TellWaiting();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _bench.Context.Now = 40;
        _desk.TellWaiting();

        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
    }

    [Fact]
    public void Member_that_no_process_has_met_is_not_waited_for()
    {
        BuildQuorumWith(Unmet with { Incarnation = Incarnation.None });
        Tell();

        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
    }

    [Fact]
    public void Waiting_notices_are_told_when_the_engine_stops()
    {
        BuildQuorumWith(Unmet);
        Tell();

        _desk.OnStopped();

        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
    }

    [Fact]
    public void Waiting_notices_of_an_earlier_life_are_not_told_to_the_next()
    {
        BuildQuorumWith(Unmet);
        Tell();

        _desk.Forget();
        _desk.OnStopped();

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Append_that_is_held_for_a_snapshot_when_the_engine_stops_ends_as_unknown()
    {
        var own = _bench.Process.NewRequest();
        var position = new LogPosition(new LogIndex(4), new Term(1), new Serial(4), 0);
        _desk.HoldFor(new Snapshot(position, new LogIndex(1), new Configuration(GroupUid.None, 1, [], [], [], []), [], 0));
        _bench.Process.Pairs.StartAfter(position);
        _bench.Process.Pairs.Commit([Bench.Entry(5, 1, _bench.Process.ToId(own)), Bench.Entry(6, 1, null)]);
        _desk.TellCommitted(new Serial(6));

        _desk.OnStopped();

        _bench.Actor.ExpectMsg(new ToActor.Cancelled(ToActor.AnyLife, own, new CancelReason.Unknown()));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Commits_raise_the_notice_that_the_actor_has_not_taken()
    {
        _desk.TellCommitted(new Serial(1));
        _desk.TellCommitted(new Serial(3));

        var notice = _bench.Actor.ExpectMsg<ToActor.Committed>();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(new Serial(3), notice.Take());

        _desk.TellCommitted(new Serial(4));
        Assert.Equal(new Serial(4), _bench.Actor.ExpectMsg<ToActor.Committed>().Take());
    }

    [Fact]
    public void Commits_after_another_notice_do_not_overtake_it()
    {
        _desk.TellCommitted(new Serial(1));
        Tell();
        _desk.TellCommitted(new Serial(2));

        Assert.Equal(new Serial(1), _bench.Actor.ExpectMsg<ToActor.Committed>().Take());
        _bench.Actor.ExpectMsg<ToActor.LeaderIs>();
        Assert.Equal(new Serial(2), _bench.Actor.ExpectMsg<ToActor.Committed>().Take());
    }

    [Fact]
    public void Commits_that_wait_for_an_unmet_member_are_told_in_one_notice()
    {
        BuildQuorumWith(Unmet);
        _desk.TellCommitted(new Serial(1));
        _desk.TellCommitted(new Serial(2));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _bench.Context.Peers.Learn(Unmet.Name, 1009, _bench["raft2"]);
        _desk.TellWaiting();

        Assert.Equal(new Serial(2), _bench.Actor.ExpectMsg<ToActor.Committed>().Take());
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Commits_for_an_earlier_life_do_not_raise_a_notice_of_the_next()
    {
        _desk.TellCommitted(new Serial(1));
        _desk.Forget();
        _bench.Context.Attach(_bench.Actor, 2);
        _desk.TellCommitted(new Serial(2));

        Assert.Equal(1, _bench.Actor.ExpectMsg<ToActor.Committed>().Life);
        Assert.Equal(2, _bench.Actor.ExpectMsg<ToActor.Committed>().Life);
    }

    private void Tell() => _desk.Tell(() => new ToActor.LeaderIs(1, null));

    private void BuildQuorumWith(Member member)
    {
        var configuration = new Configuration(GroupUid.None, 2, [_bench.Process.Member, member], [], [], []);
        _bench.Context.Quorum = new QuorumView(configuration.Voters, IsMember: true, configuration);
        _desk.OnQuorumChanged();
    }
}
