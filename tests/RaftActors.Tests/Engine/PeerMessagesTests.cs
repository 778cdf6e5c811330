namespace RaftActors.Tests.Engine;

public sealed class PeerMessagesTests : TestKit
{
    private static readonly ProcessName Raft2 = Bench.NameOf("raft2");

    private readonly Bench _bench;
    private readonly DuplicateProcesses _duplicates;
    private readonly ActorNotices _notices;
    private readonly PeerMessages _messages;

    public PeerMessagesTests()
    {
        _bench = new Bench(this);
        var context = _bench.Context;
        (_duplicates, _notices) = (new DuplicateProcesses(context), new ActorNotices(context));
        StoreReads reads = new(context, ActorRefs.Nobody, ActorRefs.Nobody);
        _messages = new PeerMessages(context, _duplicates, new EventPublishing(context, _duplicates), _notices, _bench.Traces, reads);
    }

    [Fact]
    public void Core_learns_of_a_peer_that_comes_or_goes_once()
    {
        var node = _bench["raft2"].Ref.Path.Address;
        _messages.OnNews(new PeerNews.Unreachable(Raft2, node));
        _messages.OnNews(new PeerNews.Unreachable(Raft2, node));
        _messages.OnNews(Found(Raft2));
        _messages.OnNews(Found(Raft2));

        Assert.Equal([new Input.PeerUnreachable(Raft2), new Input.PeerReachable(Raft2)], _bench.Steps);
    }

    // A wrong hint must not last for ever.
    [Fact]
    public void Process_that_discovery_reports_again_after_its_stop_is_reachable()
    {
        _messages.OnNews(new PeerNews.Stopped(Raft2, _bench["raft2"]));
        _messages.OnNews(Found(Raft2));

        Assert.Equal([new Input.PeerUnreachable(Raft2), new Input.PeerReachable(Raft2)], _bench.Steps);
    }

    [Fact]
    public void Core_learns_that_a_read_of_entries_begins_and_ends()
    {
        var request = new Message.AppendEntries(default, [], default, default, 0);
        var page = new Effect.SendEntries(
            new Core.Envelope(_bench.Process.Member, Bench.MemberOf("raft2"), GroupUid.None, new Term(1), default, request), default);

        _messages.Send(page);
        _messages.OnRead(new StoreNews.PageRead(page, null));

        Assert.Equal([new Input.StoreReads(true), new Input.StoreReads(false)], _bench.Steps);
    }

    [Fact]
    public void Core_learns_that_a_read_of_a_snapshot_begins_and_ends()
    {
        var send = Chunk();

        _messages.Send(send);
        _messages.OnRead(new StoreNews.ChunkRead(send, new byte[1], null));

        Assert.Equal([new Input.StoreReads(true), new Input.StoreReads(false)], _bench.Steps);
    }

    [Fact]
    public void Piece_of_a_snapshot_that_is_asked_for_twice_is_read_once_and_one_that_could_not_be_read_is_read_again()
    {
        var send = Chunk();
        _messages.Send(send);
        _messages.Send(send);
        Assert.Single(_bench.Steps);
        _messages.OnRead(new StoreNews.ChunkRead(send, default, new StoreException("bad sector")));
        _bench.Steps.Clear();

        _messages.Send(send);

        Assert.Equal([new Input.StoreReads(true)], _bench.Steps);
    }

    // Akka.NET keeps each path that it has resolved.
    [Fact]
    public void Actor_of_a_process_that_is_not_met_is_not_looked_for()
    {
        List<string> resolved = [];
        RaftHost.Of(Sys).ActorAt = path =>
        {
            resolved.Add(path);
            return TestActor;
        };
        _messages.OnStarted();
        foreach (var i in Enumerable.Range(0, PeerBook.UnnamedMax))
        {
            _messages.OnNews(Found(Unnamed(i)));
        }

        _messages.OnNews(Found(Unnamed(5000), "akka.tcp://a@b:1/user/stranger"));
        _messages.OnNews(Found(Raft2, "akka.tcp://a@b:1/user/raft2"));

        Assert.Equal(["akka.tcp://a@b:1/user/raft2"], resolved);
        Assert.Equal(TestActor, _bench.Context.Peers.ActorOf(Raft2));
    }

    [Fact]
    public void News_of_an_earlier_engine_do_not_make_the_present_one_unreachable()
    {
        _messages.OnNews(new PeerNews.Stopped(Raft2, CreateTestProbe()));
        _messages.OnNews(new PeerNews.Unreachable(Raft2, new Address("akka.tcp", "demo", "host9", 2551)));

        Assert.Empty(_bench.Steps);
    }

    [Fact]
    public void Process_that_is_forgotten_for_another_one_leaves_the_duplicates_and_the_view_of_the_actor()
    {
        _messages.OnStarted();
        foreach (var i in Enumerable.Range(0, PeerBook.UnnamedMax))
        {
            _messages.OnNews(Found(Unnamed(i)));
        }

        _notices.OnMet(new Effect.PeerMet(new Member(Unnamed(7), Incarnation.None), default));
        _duplicates.OnRefused(Unnamed(7), CreateTestProbe(), _bench["raft2"]);
        Assert.Contains("unnamed7@node", _bench.Process.Status.NameConflict);

        _messages.OnNews(new PeerNews.Stopped(Unnamed(7), _bench["raft2"]));
        Assert.Contains("unnamed7@node", _bench.Process.Status.NameConflict);
        _messages.OnNews(Found(Unnamed(5000)));

        Assert.Null(_bench.Process.Status.NameConflict);
        Assert.Equal(Unnamed(7), _bench.Actor.FishForMessage<ToActor.PeerForgotten>(_ => true).Name);
    }

    [Fact]
    public void Second_processes_under_more_names_than_fit_are_remembered_up_to_the_bound()
    {
        _messages.OnStarted();
        foreach (var i in Enumerable.Range(0, Share.Of(2, 4, 10) * PeerBook.UnnamedMax))
        {
            _messages.OnNews(Found(Unnamed(i)));
            _duplicates.OnRefused(Unnamed(i), TestActor, _bench["raft2"]);
            _messages.OnNews(new PeerNews.Stopped(Unnamed(i), _bench["raft2"]));
        }

        Assert.Equal(PeerBook.UnnamedMax, _bench.Process.Status.NameConflict?.Split("A second process").Length - 1);
    }

    private Effect.SendChunk Chunk()
    {
        var configuration = new Configuration(GroupUid.None, 1, [], [], [], []);
        var chunk = new Message.SnapshotChunk(new Snapshot(default, default, configuration, [], 0), 0, 0, [], default, default, 0);
        return new(new Core.Envelope(_bench.Process.Member, Bench.MemberOf("raft2"), GroupUid.None, new Term(1), default, chunk), 0, 100);
    }

    private PeerNews.Found Found(ProcessName name, string actor = "") => new(name, _bench["raft2"], actor, RaftProgram.Unknown);

    private static ProcessName Unnamed(int number) => new($"unnamed{number}@node");
}
