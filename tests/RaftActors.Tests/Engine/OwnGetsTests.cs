using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class OwnGetsTests : TestKit
{
    private readonly Bench _bench;
    private readonly OwnGets _gets;

    public OwnGetsTests()
    {
        _bench = new Bench(this);
        _gets = _bench.Context.Gets;
    }

    [Fact]
    public void First_server_is_the_one_with_the_fewest_pairs_that_has_this_pair_and_gets_the_commit_index()
    {
        BuildQuorumOfOthers();
        _bench.Commit(1, 2, 3);

        var request = Get(1);

        var asked = _bench["raft2"].ExpectMsg<WireMessage.GetRequest>();
        Assert.Equal(new WireMessage.GetRequest(_bench.Process.ToId(request), new Serial(1), new LogIndex(3)), asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answer_tells_whether_the_pair_has_a_request_key(bool isKeyed)
    {
        BuildQuorumOfOthers();
        var request = _bench.Process.ToId(Get(1));

        _gets.Receive(new GetReply.Found(request, new Serial(1), "key1", default, isKeyed), _bench["raft2"]);

        Assert.Equal(isKeyed, _bench.Actor.ExpectMsg<ToActor.Answered>().Pair.IsKeyed);
    }

    [Fact]
    public void Answer_is_delivered_to_the_actor_once()
    {
        BuildQuorumOfOthers();
        var request = Get(1);
        var answer = new GetReply.Found(_bench.Process.ToId(request), new Serial(1), "key1", new byte[] { 1 });

        _gets.Receive(answer with { Serial = new Serial(2) }, _bench["raft2"]);
        _gets.Receive(answer, _bench["raft2"]);
        _gets.Receive(answer, _bench["raft2"]);

        var answered = _bench.Actor.ExpectMsg<ToActor.Answered>();
        Assert.Equal((request, new Serial(1), "key1"), (answered.Request, answered.Pair.Serial, answered.Pair.Key));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Next_server_is_asked_after_a_refusal_and_the_last_refusal_ends_the_get()
    {
        BuildQuorumOfOthers();
        Get(1);
        foreach (var server in new[] { "raft2", "raft3", "raft4" })
        {
            var asked = _bench[server].ExpectMsg<WireMessage.GetRequest>();
            _gets.Receive(new GetReply.Refused(asked.Request), _bench[server]);
        }

        Assert.IsType<CancelReason.Unavailable>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Late_refusal_of_an_earlier_server_is_not_taken_for_one_of_the_present_server()
    {
        BuildQuorumOfOthers();
        var request = Get(1, TimeSpan.FromMilliseconds(400));
        var late = new GetReply.Refused(_bench["raft2"].ExpectMsg<WireMessage.GetRequest>().Request);
        _bench.Context.Now += 2;
        _gets.OnTick();
        _bench["raft3"].ExpectMsg<WireMessage.GetRequest>();

        _gets.Receive(late, _bench["raft2"]);

        _bench["raft4"].ExpectNoMsg(TimeSpan.Zero);
        _gets.Receive(late, _bench["raft3"]);
        _bench["raft4"].ExpectMsg<WireMessage.GetRequest>();
        _gets.Receive(new GetReply.Found(_bench.Process.ToId(request), new Serial(1), "key1", new byte[] { 1 }), _bench["raft2"]);
        _bench.Actor.ExpectMsg<ToActor.Answered>();
    }

    [Fact]
    public void Next_server_is_asked_when_the_present_one_becomes_unreachable()
    {
        BuildQuorumOfOthers();
        Get(1);
        _bench["raft2"].ExpectMsg<WireMessage.GetRequest>();

        _bench.LoseSightOf("raft2");
        _gets.OnUnreachable(Bench.NameOf("raft2"));

        _bench["raft3"].ExpectMsg<WireMessage.GetRequest>();
    }

    [Fact]
    public void Next_server_is_asked_after_a_quarter_of_the_timeout_and_after_the_last_the_first_again()
    {
        BuildQuorumOfOthers();
        Get(1, TimeSpan.FromMilliseconds(400));
        _bench["raft2"].ExpectMsg<WireMessage.GetRequest>();

        Tick(2);
        _bench["raft3"].ExpectMsg<WireMessage.GetRequest>();
        Tick(2);
        _bench["raft4"].ExpectMsg<WireMessage.GetRequest>();
        Tick(2);
        _bench["raft2"].ExpectMsg<WireMessage.GetRequest>();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        Tick(2);
        Assert.IsType<CancelReason.Unavailable>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Get_without_a_quorum_waits_for_one()
    {
        Get(1);
        BuildQuorumOfOthers();
        _gets.AskWaiting();

        _bench["raft2"].ExpectMsg<WireMessage.GetRequest>();
    }

    [Fact]
    public void Get_without_a_quorum_ends_at_its_timeout()
    {
        Get(1, TimeSpan.FromMilliseconds(50));
        Tick(1);

        _bench.Actor.ExpectMsg<ToActor.Cancelled>();
    }

    [Fact]
    public void Gets_of_an_earlier_life_are_forgotten()
    {
        BuildQuorumOfOthers();
        var request = Get(1);
        _gets.Forget();

        _gets.Receive(new GetReply.Found(_bench.Process.ToId(request), new Serial(1), "key1", new byte[] { 1 }), _bench["raft2"]);
        Tick(200);

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Get_of_a_pair_that_all_servers_have_compacted_ends_as_compacted()
    {
        BuildQuorumOfOthers();
        Get(1);
        var asked = _bench["raft2"].ExpectMsg<WireMessage.GetRequest>();
        _gets.Receive(new GetReply.Compacted(asked.Request), _bench["raft2"]);
        foreach (var server in new[] { "raft3", "raft4" })
        {
            _bench[server].ExpectMsg<WireMessage.GetRequest>();
            _gets.Receive(new GetReply.Refused(asked.Request), _bench[server]);
        }

        Assert.IsType<CancelReason.Compacted>(_bench.Actor.ExpectMsg<ToActor.Cancelled>().Reason);
    }

    [Fact]
    public void Snapshot_for_the_actor_ends_the_gets_that_it_covers()
    {
        BuildQuorumOfOthers();
        var below = Get(3);
        var above = Get(4);

        _gets.OnRestore(new Serial(3));

        _bench.Actor.ExpectMsg(new ToActor.Cancelled(1, below, new CancelReason.Compacted()));
        _gets.Receive(new GetReply.Found(_bench.Process.ToId(above), new Serial(4), "key4", new byte[] { 1 }), _bench["raft2"]);
        Assert.Equal(above, _bench.Actor.ExpectMsg<ToActor.Answered>().Request);
    }

    [Fact]
    public void Pair_committed_here_before_the_life_began_is_delivered_without_asking_a_server()
    {
        BuildQuorumOfOthers();
        _bench.Commit(1, 2);
        BeginLife();
        _bench.Commit(3);

        var own = Get(2);
        Get(3);

        Assert.Equal(own, _bench.Actor.ExpectMsg<ToActor.Answered>().Request);
        Assert.Equal(new Serial(3), _bench["raft3"].ExpectMsg<WireMessage.GetRequest>().Serial);
        _bench["raft2"].ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Pair_compacted_here_is_asked_of_a_server()
    {
        BuildQuorumOfOthers();
        _bench.Commit(1, 2);
        _bench.Process.Pairs.DiscardTo(new Serial(1), new LogIndex(1));
        BeginLife();

        Get(1);

        _bench["raft2"].ExpectMsg<WireMessage.GetRequest>();
    }

    [Fact]
    public void Pair_of_the_own_log_waits_a_quarter_of_the_timeout_for_its_commit()
    {
        var bench = new Bench(this, [.. new[] { 1, 2 }.Select(serial => Bench.Entry(serial, 0, null))]);
        var gets = bench.Context.Gets;
        bench.BuildQuorum(("raft2", 1), ("raft3", 4), ("raft4", 4));
        foreach (var serial in new[] { 1, 2 })
        {
            var time = TimeSpan.FromMilliseconds(400);
            gets.Submit(new ToEngine.Get(bench.Process.NewRequest(), new Serial(serial), time));
        }

        gets.AskWaiting();
        bench["raft2"].ExpectNoMsg(TimeSpan.Zero);
        bench.Commit(1);
        gets.OnCommitted();
        Assert.Equal(new Serial(1), bench.Actor.ExpectMsg<ToActor.Answered>().Pair.Serial);

        bench.Context.Now += 2;
        gets.OnTick();

        Assert.Equal(new Serial(2), bench["raft3"].ExpectMsg<WireMessage.GetRequest>().Serial);
    }

    [Fact]
    public void Pair_of_the_own_log_that_left_the_memory_is_read_beside_the_engine_once()
    {
        var (bench, gets, pairs, reader) = GetEvictedPair();
        gets.OnCommitted();
        var wanted = reader.ExpectMsg<PairReads.Wanted>();
        reader.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(0, bench.Store.LogReads);

        var pair = StoredPair.Of(Bench.Entry(1, 0, null));
        pairs.OnRead(new StoreNews.PairsRead(wanted, new[] { pair }));

        Assert.Equal(pair, bench.Actor.ExpectMsg<ToActor.Answered>().Pair);
        Assert.Equal(0, gets.Count);
    }

    [Fact]
    public void Pair_that_is_read_for_a_life_that_has_ended_is_not_given_to_the_next_one()
    {
        var (bench, gets, pairs, reader) = GetEvictedPair();
        var wanted = reader.ExpectMsg<PairReads.Wanted>();

        gets.Forget();
        pairs.OnRead(new StoreNews.PairsRead(wanted, new[] { StoredPair.Of(Bench.Entry(1, 0, null)) }));

        bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    // The pair is committed here, and only the store has it. The reader plays the actor that reads the store.
    private (Bench Bench, OwnGets Gets, PairReads Pairs, TestProbe Reader) GetEvictedPair()
    {
        var bench = new Bench(this, [Bench.Entry(1, 0, null)]);
        var gets = bench.Context.Gets;
        bench.Commit(1);
        bench.Process.Pairs.EvictTo(new Serial(1));
        gets.Submit(new ToEngine.Get(bench.Process.NewRequest(), new Serial(1), TimeSpan.FromSeconds(1)));
        return (bench, gets, bench.Context.Pairs, bench.Reader);
    }

    private void BeginLife() => _bench.Context.Attach(_bench.Actor, 2);

    private void BuildQuorumOfOthers()
    {
        _bench.BuildQuorum(("raft2", 1), ("raft3", 4), ("raft4", 4));
        _bench.Elect("raft3");
    }

    private RequestRef Get(long serial, TimeSpan? timeout = null)
    {
        var request = _bench.Process.NewRequest();
        _gets.Submit(new ToEngine.Get(request, new Serial(serial), timeout ?? TimeSpan.FromSeconds(5)));
        return request;
    }

    private void Tick(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _bench.Context.Now++;
            _gets.OnTick();
        }
    }
}
