using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class ServedGetsTests : TestKit
{
    private readonly Bench _bench;
    private readonly ServedGets _gets;

    public ServedGetsTests()
    {
        _bench = new Bench(this);
        _gets = _bench.Context.ServedGets;
    }

    [Fact]
    public void Request_is_held_until_as_much_is_committed_here_as_at_the_asker()
    {
        _bench.Commit(1, 2);
        Ask(serial: 1, askerCommit: 3);
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _bench.Commit(3);
        _gets.ServeHeld();

        Assert.Equal(new Serial(1), _bench.Actor.ExpectMsg<ToActor.Serve>().Serial);
    }

    [Fact]
    public void What_the_actor_gives_goes_to_the_asker()
    {
        _bench.Commit(1);
        Ask(serial: 1, askerCommit: 0);
        var serve = _bench.Actor.ExpectMsg<ToActor.Serve>();

        _gets.OnServed(new ToEngine.Served(serve.Request, new StoredPair(new Serial(1), "key1", new byte[] { 7 })));

        var answer = _bench["raft4"].ExpectMsg<GetReply.Found>();
        Assert.Equal((serve.Request, new Serial(1), "key1", 7), (answer.Request, answer.Serial, answer.Key, answer.Value.Span[0]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answer_tells_whether_the_pair_has_a_request_key(bool isKeyed)
    {
        _bench.Commit(1);
        Ask(serial: 1, askerCommit: 0);
        var serve = _bench.Actor.ExpectMsg<ToActor.Serve>();

        _gets.OnServed(new ToEngine.Served(serve.Request, new StoredPair(new Serial(1), "key1", default, IsKeyed: isKeyed)));

        Assert.Equal(isKeyed, _bench["raft4"].ExpectMsg<GetReply.Found>().IsKeyed);
    }

    [Fact]
    public void Actor_that_does_not_have_it_refuses()
    {
        _bench.Commit(1);
        Ask(serial: 1, askerCommit: 0);

        _gets.OnServed(new ToEngine.Served(_bench.Actor.ExpectMsg<ToActor.Serve>().Request, null));

        _bench["raft4"].ExpectMsg<GetReply.Refused>();
    }

    [Fact]
    public void Actor_that_does_not_have_what_a_snapshot_stands_for_says_so_and_one_with_a_store_of_its_own_answers()
    {
        _bench.Commit(1, 2);
        _bench.Process.Pairs.DiscardTo(new Serial(1), new LogIndex(1));
        Ask(serial: 1, askerCommit: 0);
        _gets.OnServed(new ToEngine.Served(_bench.Actor.ExpectMsg<ToActor.Serve>().Request, null));
        _bench["raft4"].ExpectMsg<GetReply.Compacted>();

        Ask(serial: 1, askerCommit: 0);
        var own = new StoredPair(new Serial(1), "key1", new byte[] { 7 });
        _gets.OnServed(new ToEngine.Served(_bench.Actor.ExpectMsg<ToActor.Serve>().Request, own));
        _bench["raft4"].ExpectMsg<GetReply.Found>();
    }

    [Fact]
    public void Pair_that_is_in_the_log_is_served_once_it_is_committed()
    {
        _bench.Context.LogSerial = new Serial(2);
        Ask(serial: 2, askerCommit: 0);
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _bench.Commit(1, 2);
        _gets.ServeHeld();

        Assert.Equal(new Serial(2), _bench.Actor.ExpectMsg<ToActor.Serve>().Serial);
    }

    [Fact]
    public void Pair_that_the_leader_announced_is_waited_for()
    {
        _bench.Elect("raft2");
        Ask(serial: 4, askerCommit: 0);

        _bench["raft4"].ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Pair_that_nobody_has_heard_of_is_refused_without_asking_the_actor()
    {
        _bench.Commit(1);
        Ask(serial: 2, askerCommit: 1);

        _bench["raft4"].ExpectMsg<GetReply.Refused>();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Process_whose_actor_is_stopped_refuses()
    {
        _bench.Commit(1);
        _bench.Context.Detach();
        Ask(serial: 1, askerCommit: 0);

        _bench["raft4"].ExpectMsg<GetReply.Refused>();
    }

    [Fact]
    public void Life_that_ended_before_it_answered_refuses()
    {
        _bench.Commit(1);
        Ask(serial: 1, askerCommit: 0);

        _gets.RefuseAll();

        _bench["raft4"].ExpectMsg<GetReply.Refused>();
    }

    [Fact]
    public void Request_that_is_held_longer_than_a_get_lasts_is_dropped()
    {
        Ask(serial: 1, askerCommit: 1);
        _bench.Context.Now += 100;
        _gets.OnTick();
        _bench.Commit(1);
        _gets.ServeHeld();

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Repeated_request_is_answered_once_and_does_not_ask_a_slow_actor_again()
    {
        _bench.Commit(1);
        Ask(serial: 1, askerCommit: 0);
        var serve = _bench.Actor.ExpectMsg<ToActor.Serve>();

        Ask(serial: 1, askerCommit: 0);
        _gets.OnServed(new ToEngine.Served(serve.Request, null));

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        _bench["raft4"].ExpectMsg<GetReply.Refused>();
        _bench["raft4"].ExpectNoMsg(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Request_above_the_maximum_is_dropped_until_another_one_has_ended(bool isHeldFirst)
    {
        const long askerCommit = 1;
        if (!isHeldFirst)
        {
            _bench.Commit(1);
        }

        for (var number = 1; number <= ServedGets.MaxGets; number++)
        {
            Ask(serial: 1, askerCommit, number);
        }

        Ask(serial: 1, askerCommit, number: ServedGets.MaxGets + 1);
        if (isHeldFirst)
        {
            _bench.Commit(1);
            _gets.ServeHeld();
        }

        for (var number = 1; number <= ServedGets.MaxGets; number++)
        {
            Assert.Equal(number, _bench.Actor.ExpectMsg<ToActor.Serve>().Request.Number);
        }

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        _gets.OnServed(new ToEngine.Served(new RequestId(Bench.MemberOf("raft4"), 1), null));
        Ask(serial: 1, askerCommit, number: ServedGets.MaxGets + 2);
        Assert.Equal(ServedGets.MaxGets + 2, _bench.Actor.ExpectMsg<ToActor.Serve>().Request.Number);
    }

    private void Ask(long serial, long askerCommit, long number = 1)
    {
        var request = new RequestId(Bench.MemberOf("raft4"), number);
        _gets.Submit(new WireMessage.GetRequest(request, new Serial(serial), new LogIndex(askerCommit)), _bench["raft4"]);
    }
}
