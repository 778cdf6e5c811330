using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

public sealed class PeerDeskTests : TestKit
{
    private static readonly ProcessName Raft2 = Bench.NameOf("raft2");

    private readonly List<Input> _inputs = [];
    private readonly Bench _bench;
    private readonly PeerDesk _desk;

    public PeerDeskTests()
    {
        _bench = new Bench(this);
        _bench.Process.MakeCore();
        var core = _bench.Process.TakeCore();
        var desks = new EngineDesks(_bench.Context, core, _ => { }, _ => { }, new Address("akka", "demo"));
        var views = new ViewDesk(_bench.Context, desks, Sys.Log);
        _desk = new PeerDesk(_bench.Context, core, desks, views, _inputs.Add, CreateTestProbe(), Raft.Get(Sys));
    }

    // The news were meant for the quiescent process that it was. An awake one hears for itself who is silent.
    [Fact]
    public void Awake_process_ignores_the_news_for_a_quiescent_one()
    {
        _desk.OnNews(new PeerNews.Silent(Raft2));
        _desk.OnNews(new PeerNews.LeadsNoMore(Raft2));

        Assert.Empty(_inputs);
    }

    [Fact]
    public void Core_learns_of_a_peer_that_comes_or_goes_once()
    {
        var node = _bench["raft2"].Ref.Path.Address;
        _desk.OnNews(new PeerNews.Unreachable(Raft2, node));
        _desk.OnNews(new PeerNews.Unreachable(Raft2, node));
        _desk.OnNews(new PeerNews.Stopped(Raft2, _bench["raft2"]));
        _desk.OnNews(new PeerNews.Reachable(Raft2, node));
        _desk.OnNews(new PeerNews.Found(Raft2, _bench["raft2"]));

        Assert.Equal([new Input.PeerUnreachable(Raft2), new Input.PeerReachable(Raft2)], _inputs);
    }

    [Fact]
    public void News_of_an_earlier_engine_do_not_make_the_present_one_unreachable()
    {
        _desk.OnNews(new PeerNews.Stopped(Raft2, CreateTestProbe()));
        _desk.OnNews(new PeerNews.Unreachable(Raft2, new Address("akka.tcp", "demo", "host9", 2551)));

        Assert.Empty(_inputs);
    }
}
