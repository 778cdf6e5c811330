namespace RaftActors.Tests.Network;

public sealed class SendTurnTests : TestKit
{
    [Fact]
    public void Messages_of_one_turn_to_another_node_are_one_batch_in_order()
    {
        var connection = new CountingConnection();
        var engine = EngineBy(connection);
        SendTurn.Begin();
        engine.Tell(Refused(1), TestActor);
        engine.Tell(Refused(2), TestActor);
        Assert.Equal(0, connection.Flushed);

        SendTurn.End();

        Assert.Equal([Refused(1), Refused(2)], connection.Written);
        Assert.Equal(1, connection.Flushed);
    }

    [Fact]
    public void Message_outside_a_turn_is_sent_at_once()
    {
        var connection = new CountingConnection();

        EngineBy(connection).Tell(Refused(1), TestActor);

        Assert.Equal(1, connection.Flushed);
    }

    [Fact]
    public void Messages_to_an_engine_whose_connection_was_forgotten_go_by_the_next_connection()
    {
        var (first, next) = (new CountingConnection(), new CountingConnection());
        var engine = EngineBy(first);
        SendTurn.Begin();

        engine.Tell(Refused(1), TestActor);
        first.Next = next;
        engine.Tell(Refused(2), TestActor);
        SendTurn.End();

        Assert.Equal([Refused(1)], first.Written);
        Assert.Equal([Refused(2)], next.Written);
        Assert.Equal((1, 1), (first.Flushed, next.Flushed));
    }

    // As with a transport of a program that delivers at once.
    [Fact]
    public void Turn_that_a_flush_runs_sends_its_own_messages()
    {
        var (first, other) = (new CountingConnection(), new CountingConnection());
        first.OnFlush = () =>
        {
            first.OnFlush = null;
            SendTurn.Begin();
            EngineBy(other).Tell(Refused(2), TestActor);
            SendTurn.End();
        };
        SendTurn.Begin();
        EngineBy(first).Tell(Refused(1), TestActor);

        SendTurn.End();

        Assert.Equal(1, other.Flushed);
    }

    private static ConnectionRef EngineBy(IConnection connection) =>
        new(ActorPath.Parse("akka.tcp://far@host:1/system/raft/g/p"), connection, null!); // Justification: it takes the messages.

    private static WireMessage Refused(long number) => AppendReply.Refused(new RequestId(Bench.MemberOf("raft2"), number));

    private sealed class CountingConnection : IConnection
    {
        public IConnection? Next { get; set; }

        public Action? OnFlush { get; set; }

        public IConnection Current => Next ?? this;

        public byte Level => 1;

        public List<WireMessage> Written { get; } = [];

        public int Flushed { get; private set; }

        public void Write(IActorRef to, WireMessage message, IActorRef from) => Written.Add(message);

        public void Flush()
        {
            Flushed++;
            OnFlush?.Invoke();
        }
    }
}
