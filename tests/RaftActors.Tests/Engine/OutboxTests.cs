using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Network;
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
        _outbox = new Outbox(_self);
    }

    [Fact]
    public void Messages_of_one_turn_to_another_node_are_one_batch_in_order()
    {
        var connection = new CountingConnection();
        var engine = new ConnectionRef(ActorPath.Parse("akka.tcp://far@host:1/system/raft/g/p"), connection, null!);
        _outbox.BeginTurn();
        _outbox.Send(engine, Refused(1));
        _outbox.Send(engine, Refused(2));
        Assert.Equal(0, connection.Flushed);

        _outbox.EndTurn();

        Assert.Equal([Refused(1), Refused(2)], connection.Written);
        Assert.Equal(1, connection.Flushed);
    }

    [Fact]
    public void Message_outside_a_turn_is_sent_at_once()
    {
        Send(1);

        _peer.ExpectMsg(Refused(1));
    }

    private static WireMessage Refused(long number) => new AppendReply.Refused(RequestOf(number));

    private static RequestId RequestOf(long number) => new(Bench.MemberOf("raft2"), number);

    [Fact]
    public void Messages_to_an_engine_whose_connection_was_forgotten_go_by_the_next_connection()
    {
        var (first, next) = (new CountingConnection(), new CountingConnection());
        var engine = new ConnectionRef(ActorPath.Parse("akka.tcp://far@host:1/system/raft/g/p"), first, null!);
        _outbox.BeginTurn();

        _outbox.Send(engine, Refused(1));
        first.Next = next;
        _outbox.Send(engine, Refused(2));
        _outbox.EndTurn();

        Assert.Equal([Refused(1)], first.Written);
        Assert.Equal([Refused(2)], next.Written);
        Assert.Equal((1, 1), (first.Flushed, next.Flushed));
    }

    private void Send(params long[] numbers) => Array.ForEach(numbers, number => _outbox.Send(_peer, Refused(number)));

    private sealed class CountingConnection : IConnection
    {
        public IConnection? Next { get; set; }

        public IConnection Current => Next ?? this;

        public byte Level => 1;

        public List<WireMessage> Written { get; } = [];

        public int Flushed { get; private set; }

        public void Write(IActorRef to, WireMessage message, IActorRef from) => Written.Add(message);

        public void Flush() => Flushed++;
    }
}
