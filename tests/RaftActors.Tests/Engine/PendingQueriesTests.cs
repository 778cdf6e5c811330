using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class PendingQueriesTests : TestKit
{
    private readonly Bench _bench;
    private readonly PendingQueries _queries;

    public PendingQueriesTests()
    {
        _bench = new Bench(this);
        _bench.Commit(1, 2, 3);
        _queries = _bench.Context.Queries;
    }

    [Fact]
    public void Query_asks_core_and_the_actor_answers_when_as_much_is_committed_here()
    {
        _bench.Elect("raft2");
        var request = Submit();
        _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(5)));
        _bench.Commit(4);
        _queries.OnCommitted();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _bench.Commit(5);
        _queries.OnCommitted();

        Assert.Equal(new Serial(5), ExpectReadable(request));
    }

    [Fact]
    public void Query_whose_index_is_committed_here_already_is_answered_at_once()
    {
        _bench.Elect("raft2");
        var request = Submit();
        _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(2)));

        Assert.Equal(new Serial(3), ExpectReadable(request));
    }

    [Fact]
    public void Query_that_names_a_serial_waits_for_its_commit_here_and_for_no_leader()
    {
        var request = Submit(ReadConsistency.NotOlderThan(new Serial(5)));
        _bench.Commit(4);
        _queries.OnCommitted();
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);

        _bench.Commit(5, 6);
        _queries.OnCommitted();

        Assert.Equal(new Serial(5), ExpectReadable(request));
        Assert.Equal((0, 0), (_bench.Steps.Count, _queries.Count));
    }

    [Fact]
    public void Query_that_names_a_committed_serial_or_none_is_answered_at_once()
    {
        var old = Submit(ReadConsistency.NotOlderThan(new Serial(3)));
        var local = Submit(ReadConsistency.Local);

        Assert.Equal(new Serial(3), ExpectReadable(old));
        Assert.Equal(Serial.Zero, ExpectReadable(local));
        Assert.Equal((0, 0), (_bench.Steps.Count, _queries.Count));
    }

    [Fact]
    public void Query_whose_serial_is_not_committed_in_time_is_cancelled()
    {
        var request = Submit(ReadConsistency.NotOlderThan(new Serial(4)));
        _bench.Context.Now += 20;
        _queries.OnTick();
        _bench.Commit(4);
        _queries.OnCommitted();

        _bench.Actor.ExpectMsg(new ToActor.Cancelled(1, request, new CancelReason.Unavailable()));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Query_without_a_leader_waits_for_one()
    {
        Submit();
        Assert.Empty(_bench.Steps);

        _bench.Elect("raft2");
        _queries.AskAgain();

        Assert.Single(_bench.Steps);
    }

    [Fact]
    public void Query_that_nobody_confirmed_is_asked_again_with_the_next_tick_under_a_new_number()
    {
        _bench.Elect("raft2");
        var request = Submit();
        var first = Asked();
        _queries.OnFailed(new Effect.ReadFailed(first));
        Assert.Single(_bench.Steps);

        _queries.OnTick();

        Assert.NotEqual(first, Asked());
        _queries.OnReady(new Effect.ReadReady(first, new LogIndex(1)));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(1)));
        Assert.Equal(request, Answered(1).Single());
    }

    [Fact]
    public void Query_ends_as_unavailable_when_its_time_is_up_and_a_late_confirmation_changes_nothing()
    {
        _bench.Elect("raft2");
        var request = Submit();
        _bench.Context.Now += 20;
        _queries.OnTick();

        _bench.Actor.ExpectMsg(new ToActor.Cancelled(1, request, new CancelReason.Unavailable()));
        _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(1)));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Query_of_an_earlier_life_is_forgotten()
    {
        _bench.Elect("raft2");
        Submit();
        _queries.Forget();
        _bench.Context.Attach(_bench.Actor, 2);

        _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(1)));
        _bench.Context.Now += 20;
        _queries.OnTick();

        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Twenty_thousand_queries_are_asked_a_window_at_a_time_and_answered_in_order()
    {
        _bench.Elect("raft2");
        var requests = Enumerable.Range(0, 20_000).Select(_ => Submit()).ToArray();
        Assert.Equal(PendingQueries.WindowReads, _bench.Steps.Count);

        for (var answered = 0; answered < _bench.Steps.Count; answered++)
        {
            _queries.OnReady(new Effect.ReadReady(((Input.Read)_bench.Steps[answered]).Id, new LogIndex(4)));
        }

        _bench.Commit(4);
        _queries.OnCommitted();

        Assert.Equal(requests, Answered(requests.Length));
        Assert.Equal(0, _queries.Count);
    }

    [Fact]
    public void Queries_of_one_turn_have_one_read_and_those_that_name_the_lease_another()
    {
        _bench.Elect("raft2");
        RequestRef[] requests =
        [
            SubmitOnly(), SubmitOnly(ReadConsistency.Lease), SubmitOnly(), SubmitOnly(ReadConsistency.Lease),
        ];
        Assert.Empty(_bench.Steps);

        _queries.AskWaiting();

        Assert.Equal([false, true], _bench.Steps.Cast<Input.Read>().Select(read => read.MayUseLease));
        _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(1)));
        Assert.Equal([requests[1], requests[3]], Answered(2));
        _queries.OnReady(new Effect.ReadReady(((Input.Read)_bench.Steps[0]).Id, new LogIndex(1)));
        Assert.Equal([requests[0], requests[2]], Answered(2));
    }

    [Fact]
    public void Queries_of_one_turn_fill_the_window_and_the_rest_waits()
    {
        _bench.Elect("raft2");
        var requests = Enumerable.Range(0, PendingQueries.WindowReads + 5).Select(_ => SubmitOnly()).ToArray();
        _queries.AskWaiting();
        var first = Assert.IsType<Input.Read>(Assert.Single(_bench.Steps)).Id;

        _queries.OnReady(new Effect.ReadReady(first, new LogIndex(1)));

        Assert.Equal(requests[..PendingQueries.WindowReads], Answered(PendingQueries.WindowReads));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(1)));
        Assert.Equal(requests[PendingQueries.WindowReads..], Answered(5));
    }

    [Fact]
    public void Query_that_ended_is_not_answered_with_the_others_of_its_read()
    {
        _bench.Elect("raft2");
        var late = SubmitOnly();
        _bench.Context.Now += 10;
        var request = SubmitOnly();
        _queries.AskWaiting();
        _bench.Context.Now += 10;
        _queries.OnTick();
        Assert.Equal(late, _bench.Actor.ExpectMsg<ToActor.Cancelled>().Request);

        _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(1)));

        Assert.Equal([request], Answered(1));
        _bench.Actor.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(0, _queries.Count);
    }

    [Fact]
    public void Reads_whose_queries_have_ended_are_forgotten_though_nothing_is_committed()
    {
        _bench.Elect("raft2");
        for (var round = 0; round < 3; round++)
        {
            Submit();
            _queries.OnReady(new Effect.ReadReady(Asked(), new LogIndex(1000)));
            Assert.Equal(1, _queries.Confirmed);

            _bench.Context.Now += 20;
            _queries.OnTick();

            Assert.Equal(0, _queries.Confirmed);
        }
    }

    [Fact]
    public void Only_a_query_that_names_the_lease_may_use_it()
    {
        _bench.Elect("raft2");

        Submit();
        Submit(ReadConsistency.Lease);

        Assert.Equal([false, true], _bench.Steps.Cast<Input.Read>().Select(read => read.MayUseLease));
    }

    [Fact]
    public void Query_of_a_client_is_declined_when_the_engine_stops()
    {
        var query = new ClientCall.Query(default, TimeSpan.FromDays(1), ReadConsistency.Linearizable);
        _bench.Context.Clients.Submit(query, TestActor);

        _queries.OnStopped();

        Assert.Equal("The engine of this process has stopped. Restart its node.", ExpectMsg<ClientReply.Declined>().Why);
    }

    // In a turn of its own.
    private RequestRef Submit(ReadConsistency consistency = default)
    {
        var request = SubmitOnly(consistency);
        _queries.AskWaiting();
        return request;
    }

    private RequestRef SubmitOnly(ReadConsistency consistency = default)
    {
        var request = _bench.Process.NewRequest();
        _queries.Submit(new ReadableQuery(request, null), TimeSpan.FromSeconds(1), consistency);
        return request;
    }

    private IEnumerable<RequestRef> Answered(int count)
    {
        List<RequestRef> answered = [];
        while (answered.Count < count)
        {
            answered.AddRange(_bench.Actor.ExpectMsg<ToActor.Readable>().Queries.Select(query => query.Request));
        }

        return answered;
    }

    // The serial that the answer must include.
    private Serial ExpectReadable(RequestRef request)
    {
        var readable = _bench.Actor.ExpectMsg<ToActor.Readable>();
        Assert.Equal((1, request), (readable.Life, Assert.Single(readable.Queries).Request));
        return readable.Serial;
    }

    private ReadId Asked() => Assert.IsType<Input.Read>(_bench.Steps[^1]).Id;
}
