using System.Collections.Immutable;

using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Tests.Transport;
using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

public sealed class OutboxTests : TestKit
{
    private readonly TestProbe _self;
    private readonly TestProbe _peer;
    private readonly Outbox _outbox;

    public OutboxTests()
    {
        (_self, _peer) = (CreateTestProbe(), CreateTestProbe());
        _outbox = new Outbox(_self, sizeMaxBytes: 1000);
    }

    [Fact]
    public void Messages_of_one_turn_are_sent_together_in_order()
    {
        _outbox.BeginTurn();
        Send(1, 2, 3);
        _peer.ExpectNoMsg(TimeSpan.Zero);

        _outbox.EndTurn();

        var batch = _peer.ExpectMsg<WireMessage.Batch>();
        Assert.Equal<WireMessage>([Refused(1), Refused(2), Refused(3)], batch.Messages);
        Assert.Equal(_self.Ref, _peer.LastSender);
    }

    [Fact]
    public void Single_message_of_a_turn_is_sent_without_a_batch()
    {
        _outbox.BeginTurn();
        Send(1);
        _outbox.EndTurn();

        _peer.ExpectMsg(Refused(1));
    }

    [Fact]
    public void Message_outside_a_turn_is_sent_at_once()
    {
        Send(1);

        _peer.ExpectMsg(Refused(1));
    }

    [Fact]
    public void Messages_that_would_not_fit_into_a_frame_together_are_divided()
    {
        _outbox.BeginTurn();
        WireMessage[] appends =
            [.. new[] { 300, 300, 300, 5000, 1 }.Select(size => new WireMessage.AppendRequest(RequestOf(size), "", new byte[size], 0))];
        Array.ForEach(appends, append => _outbox.Send(_peer, append));
        _outbox.EndTurn();

        Assert.Equal(appends[..2], _peer.ExpectMsg<WireMessage.Batch>().Messages);
        Assert.Equal(appends[2..], _peer.ReceiveN(3));
    }

    [Fact]
    public void Message_that_is_passed_on_keeps_its_sender_and_is_not_mixed_with_others()
    {
        var origin = CreateTestProbe();
        _outbox.BeginTurn();
        Send(1);
        _outbox.PassOn(_peer, Refused(2), origin);
        Send(3);
        _outbox.EndTurn();

        Assert.Equal<WireMessage>([Refused(1), Refused(3)], _peer.ExpectMsg<WireMessage.Batch>().Messages);
        Assert.Equal(_self.Ref, _peer.LastSender);
        _peer.ExpectMsg(Refused(2));
        Assert.Equal(origin.Ref, _peer.LastSender);
    }

    private static WireMessage Refused(long number) => new AppendReply.Refused(RequestOf(number));

    private static RequestId RequestOf(long number) => new(Bench.MemberOf("raft2"), number);

    [Fact]
    public void Nothing_goes_to_another_node_by_the_remoting_once_that_may_have_stopped()
    {
        var remote = new FarRef(new RootActorPath(new Address("akka.tcp", "far", "host", 1)) / "system", Sys);
        _outbox.Send(remote, Refused(1));
        _outbox.IsCutOff = () => true;

        _outbox.Send(remote, Refused(2));
        _outbox.SendFirst(remote, Refused(3));
        _outbox.BeginTurn();
        _outbox.Send(remote, Refused(4));
        Send(5);
        _outbox.EndTurn();

        Assert.Equal([Refused(1)], remote.Told);
        _peer.ExpectMsg(Refused(5));
    }

    [Fact]
    public void Engines_whose_lanes_are_remembered_are_bounded()
    {
        _outbox.Lanes = new OneLane();
        foreach (var number in Enumerable.Range(0, 10 * Outbox.MaxFoundLanes))
        {
            _outbox.Send(new FarRef(new RootActorPath(new Address("akka.tcp", "far", "host", 1)) / $"{number}", Sys), Refused(1));
        }

        Assert.InRange(_outbox.FoundLanes, 1, Outbox.MaxFoundLanes);
    }

    [Fact]
    public void Messages_to_an_engine_whose_lane_was_forgotten_go_by_the_next_lane()
    {
        var (first, next) = (new CountingLane(), new CountingLane());
        _outbox.Lanes = new OneLane { First = first };
        var engine = new FarRef(new RootActorPath(new Address("akka.tcp", "far", "host", 1)) / "engine", Sys);

        _outbox.Send(engine, Refused(1));
        first.Next = next;
        _outbox.Send(engine, Refused(2));

        Assert.Equal((1, 1), (first.Written, next.Written));
    }

    private sealed class CountingLane : ILane
    {
        public ILane? Next { get; set; }

        public ILane Current => Next ?? this;

        public int Written { get; private set; }

        public bool TryWrite(IActorRef to, WireMessage message, IActorRef from) => ++Written > 0;

        public void EndDetour()
        {
        }

        public void Flush()
        {
        }
    }

    private sealed class OneLane : ILanes
    {
        public ILane First { get; init; } = new NoLane();

        public bool IsSole => true;

        public string Problems => "";

        public IActorRef Resolve(string path) => ActorRefs.Nobody;

        public ILane Find(IActorRef engine) => First;

        public void SetNamed(ImmutableHashSet<Address> named)
        {
        }

        public void Forget(Address address)
        {
        }

        public void Dispose()
        {
        }
    }

    private void Send(params long[] numbers) => Array.ForEach(numbers, number => _outbox.Send(_peer, Refused(number)));

    /// <summary>An actor of another node.</summary>
    private sealed class FarRef(ActorPath path, ActorSystem system) : MinimalActorRef
    {
        public List<object> Told { get; } = [];

        public override ActorPath Path => path;

        public override IActorRefProvider Provider => ((ExtendedActorSystem)system).Provider;

        protected override void TellInternal(object message, IActorRef sender) => Told.Add(message);
    }
}
