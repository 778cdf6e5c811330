using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Clients;
using RaftActors.Wire;

using VirtualTime;

namespace RaftActors.Tests.Clients;

public sealed class ClientAppendQueueTests : TestKit
{
    private static readonly ClientSession Session = new(new Guid(7, 0, 0, new byte[8]));

    private readonly VirtualScheduler _clock = new(Config.Empty, NoLogger.Instance);
    private readonly TestProbe _actor;
    private readonly TestProbe _engine;
    private readonly ClientAppendQueue _queue;

    public ClientAppendQueueTests()
    {
        (_actor, _engine) = (CreateTestProbe(), CreateTestProbe());
        _queue = new ClientAppendQueue(Session, TimeSpan.FromSeconds(1), _actor.Ref, _clock);
    }

    [Fact]
    public void Append_is_sent_and_ended_without_the_mailbox_of_the_client_if_the_leader_is_on_this_node()
    {
        Open();
        var append = Append();

        Assert.True(_queue.TrySend(append));
        var call = _engine.ExpectMsg<ClientCall.Append>();
        Assert.Equal(_actor.Ref, _engine.LastSender);
        call.ReplyTo!.Tell(DoneOf(call), _engine.Ref);

        Assert.True(append.Task.IsCompletedSuccessfully);
        Assert.False(_queue.IsOpen);
        Assert.Null(NextOfActor());
    }

    [Fact]
    public void Append_is_for_the_actor_without_a_way_or_a_watch_or_room()
    {
        Assert.False(_queue.TrySend(Append()));
        _queue.Follow(_engine.Ref);
        Assert.False(_queue.TrySend(Append()));
        _queue.Watch();
        Assert.All(Enumerable.Range(0, ClientAppends.Span), _ => Assert.True(_queue.TrySend(Append())));
        Assert.False(_queue.TrySend(Append()));
    }

    [Fact]
    public void Append_that_waits_for_room_goes_before_those_of_callers()
    {
        Open();
        Assert.All(Enumerable.Range(0, ClientAppends.Span), _ => Assert.True(_queue.TrySend(Append("first"))));
        _queue.Add(Append("waits"));

        var calls = Enumerable.Range(0, ClientAppends.Span).Select(_ => _engine.ExpectMsg<ClientCall.Append>()).ToList();
        calls[0].ReplyTo!.Tell(DoneOf(calls[0]), _engine.Ref);

        Assert.Equal("waits", _engine.ExpectMsg<ClientCall.Append>().Key);
    }

    [Fact]
    public void Append_that_waits_is_not_overtaken_when_cancelled_ones_have_made_room()
    {
        Open();
        var first = Enumerable.Range(0, ClientAppends.Span).Select(_ => Append("first")).ToList();
        Assert.All(first, append => Assert.True(_queue.TrySend(append)));
        _queue.Add(Append("waits"));

        first.ForEach(_queue.Cancel);

        Assert.False(_queue.TrySend(Append()));
    }

    [Fact]
    public void Overdue_append_is_sent_again_while_there_is_a_way()
    {
        Open();
        Assert.True(_queue.TrySend(Append()));
        Assert.False(_engine.ExpectMsg<ClientCall.Append>().IsRetry);
        _clock.Advance(TimeSpan.FromSeconds(1));

        _queue.SendOverdue();
        Assert.True(_engine.ExpectMsg<ClientCall.Append>().IsRetry);

        _queue.Follow(null);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _queue.SendOverdue();
        Assert.False(_engine.HasMessages);
    }

    [Fact]
    public void Actor_gets_the_outcomes_of_a_closed_connection_because_it_stops_after_the_last()
    {
        Open();
        Assert.True(_queue.TrySend(Append()));
        var call = _engine.ExpectMsg<ClientCall.Append>();

        _queue.Close(onlyUnsent: true);
        call.ReplyTo!.Tell(DoneOf(call), _engine.Ref);

        Assert.Equal(call.Request.Number, _actor.ExpectMsg<Outcome<int>.Done>().Request.Number);
        Assert.False(_queue.TrySend(Append()));
    }

    [Fact]
    public void Connection_rests_only_without_an_open_append()
    {
        Open();
        Assert.True(_queue.TrySend(Append()));
        Assert.False(_queue.TryRest());

        var call = _engine.ExpectMsg<ClientCall.Append>();
        call.ReplyTo!.Tell(DoneOf(call), _engine.Ref);

        Assert.True(_queue.TryRest());
        Assert.False(_queue.TrySend(Append()));
    }

    [Fact]
    public void Append_does_not_overtake_one_that_the_actor_has_not_read()
    {
        var calls = new ClientCalls(10) { Queue = _queue };
        calls.Begin(Append("first"), _actor.Ref);
        Open();

        calls.Begin(Append("second"), _actor.Ref);
        _queue.Add(_actor.ExpectMsg<ClientActor.Submit>().Append);
        calls.OnRead();
        _queue.Add(_actor.ExpectMsg<ClientActor.Submit>().Append);
        calls.OnRead();
        calls.Begin(Append("third"), _actor.Ref);

        Assert.Equal(["first", "second", "third"], Enumerable.Range(0, 3).Select(_ => _engine.ExpectMsg<ClientCall.Append>().Key));
    }

    private static ClientAppend<int> Append(string key = "key") => new(key, new byte[] { 1 }, TimeSpan.FromMinutes(1));

    private static Outcome<int>.Done DoneOf(ClientCall.Append call) =>
        new(new Serial(1), 1, RequestRef.Of(call.Request));

    private void Open()
    {
        _queue.Follow(_engine.Ref);
        _queue.Watch();
    }

    // The first message that the actor was told; null: none. The marker sent here comes after it.
    private object? NextOfActor()
    {
        _actor.Ref.Tell("end", ActorRefs.NoSender);
        return _actor.ReceiveOne(TimeSpan.FromSeconds(30)) is var next && next is "end" ? null : next;
    }
}
