namespace RaftActors.Tests.Engine;

public sealed class PeerNoticesTests : TestKit
{
    private readonly Bench _bench;
    private readonly ActorNotices _notices;

    public PeerNoticesTests()
    {
        _bench = new Bench(this);
        _notices = new ActorNotices(_bench.Context);
        _notices.OnMet(new Effect.PeerMet(Bench.MemberOf("raft2"), new Serial(3)));
    }

    [Fact]
    public void Slow_actor_has_one_notice_of_a_process_that_comes_and_goes_and_takes_its_latest_state()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _bench.LoseSightOf("raft2");
            _notices.OnPeer(Bench.NameOf("raft2"));
            _bench.Meet("raft2");
            _notices.OnPeer(Bench.NameOf("raft2"));
        }

        _bench.LoseSightOf("raft2");
        _notices.OnPeer(Bench.NameOf("raft2"));

        Assert.False(_bench.Actor.ExpectMsg<ToActor.PeerMet>().Take().IsReachable);
        Assert.False(_bench.Actor.HasMessages);
        _bench.Meet("raft2");
        _notices.OnPeer(Bench.NameOf("raft2"));
        Assert.True(_bench.Actor.ExpectMsg<ToActor.PeerMet>().Take().IsReachable);
    }

    [Fact]
    public void Next_life_gets_a_notice_of_its_own()
    {
        _bench.Actor.ExpectMsg<ToActor.PeerMet>();
        _bench.Context.Attach(_bench.Actor, 2);

        _notices.OnAttached(default);

        Assert.Equal(2, _bench.Actor.ExpectMsg<ToActor.PeerMet>().Life);
    }

    [Fact]
    public void Process_that_is_forgotten_leaves_the_view_of_the_actor_too()
    {
        var views = new DeliveredViews(new Queue<DeliveryStep>());
        views.TakePeer(_bench.Actor.ExpectMsg<ToActor.PeerMet>().Take());
        Assert.Single(views.Peers);

        _notices.Forget(Bench.NameOf("raft2"));
        views.ForgetPeer(_bench.Actor.ExpectMsg<ToActor.PeerForgotten>().Name);

        Assert.Empty(views.Peers);
        _notices.OnAttached(default);
        _bench.Actor.ExpectMsg<ToActor.ToldAll>();
    }

    // The notice from before comes ahead of the one that forgets the process, so it must not bring the news of the second meeting.
    [Fact]
    public void Process_that_is_met_again_after_it_was_forgotten_is_in_the_view_of_a_slow_actor()
    {
        _notices.Forget(Bench.NameOf("raft2"));
        _notices.OnMet(new Effect.PeerMet(Bench.MemberOf("raft2"), new Serial(4)));

        _bench.Actor.ExpectMsg<ToActor.PeerMet>();
        _bench.Actor.ExpectMsg<ToActor.PeerForgotten>();
        Assert.Equal(new Serial(4), _bench.Actor.ExpectMsg<ToActor.PeerMet>().Take().Serial);
    }
}
