using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class ClientRequestsTests : TestKit
{
    private readonly Bench _bench;

    public ClientRequestsTests()
    {
        _bench = new Bench(this);
        _bench.Process.Actor = new LatestActor(_bench.Process, (_, _) => null, OutcomeMaker<int>.Instance, Sys.Log);
    }

    [Fact]
    public void Change_above_the_maximum_of_open_ones_is_busy()
    {
        var change = new ClientCall.Change(new GroupChange.Transfer(null), TimeSpan.FromDays(1));
        for (var i = 0; i < ClientRequests.MaxChanges; i++)
        {
            _bench.Context.Clients.Submit(change, Nobody.Instance);
        }

        _bench.Context.Clients.Submit(change, TestActor);

        Assert.Equal(NotCommittedReason.Busy, ExpectMsg<Outcome<Membership>.NotCommitted>().Reason);
        Assert.Equal(ClientRequests.MaxChanges, _bench.Context.Changes.Count);
    }

    [Theory]
    [InlineData(false, OpenQueries.MaxOfClients)]
    [InlineData(true, 10)]
    public void Question_above_what_a_slow_actor_may_have_before_it_is_declined_and_one_that_is_taken_makes_room(bool isLarge, int max)
    {
        var size = isLarge ? (int)(_bench.Process.Settings.Limits.UncommittedSizeMaxBytes / 10) : 0;
        var query = new ClientCall.Query(new byte[size], TimeSpan.FromDays(1), ReadConsistency.Local);
        for (var i = 0; i < 10 * max; i++)
        {
            _bench.Context.Clients.Submit(query, TestActor);
        }

        var readable = _bench.Actor.ReceiveN(max).Cast<ToActor.Readable>().ToList();
        Assert.False(_bench.Actor.HasMessages);
        Assert.Equal(9 * max, ReceiveN(9 * max).OfType<ClientReply.Declined>().Count());

        readable[0].Queries[0].Asked!.Untaken.Take(size);
        _bench.Context.Clients.Submit(query, TestActor);
        _bench.Context.Clients.Submit(query, TestActor);
        _bench.Actor.ExpectMsg<ToActor.Readable>();
        ExpectMsg<ClientReply.Declined>();
    }

    [Fact]
    public void Next_life_takes_questions_though_the_one_before_left_some()
    {
        var query = new ClientCall.Query(default, TimeSpan.FromDays(1), ReadConsistency.Linearizable);
        for (var i = 0; i <= OpenQueries.MaxOfClients; i++)
        {
            _bench.Context.Clients.Submit(query, TestActor);
        }

        ExpectMsg<ClientReply.Declined>();
        _bench.Context.Attach(_bench.Actor, 2);
        _bench.Context.Clients.Submit(query, TestActor);

        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Status_needs_no_actor()
    {
        _bench.Context.Clients.Submit(new ClientCall.Status(), TestActor);
        Assert.Equal(_bench.Actor.Ref, ExpectMsg<RaftStatus>().Actor);

        _bench.Context.Detach();
        _bench.Context.Clients.Submit(new ClientCall.Status(), TestActor);

        Assert.Null(ExpectMsg<RaftStatus>().Actor);
        Assert.False(_bench.Actor.HasMessages);
    }

    // An answer without a pair would make the client ask again at once, for ever.
    [Fact]
    public void Read_above_the_maximum_of_waiting_ones_is_declined_and_one_that_ends_makes_room()
    {
        var read = new ClientCall.Read(Serial.Zero, 1, TimeSpan.FromMilliseconds(500));
        for (var i = 0; i < ClientRequests.MaxWaiting; i++)
        {
            _bench.Context.Clients.Submit(read, Nobody.Instance);
        }

        _bench.Context.Clients.Submit(read, TestActor);
        ExpectMsg<ClientReply.Declined>();

        _bench.Commit(1);
        _bench.Context.Clients.OnCommitted();
        _bench.Context.Clients.Submit(read with { After = new Serial(1) }, TestActor);
        ExpectNoMsg(TimeSpan.Zero);
        _bench.Commit(2);
        _bench.Context.Clients.OnCommitted();
        Assert.Equal(new Serial(2), ExpectMsg<ClientReply.Pairs>().Found.Single().Serial);
    }
}
