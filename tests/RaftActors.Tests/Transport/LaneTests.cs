using System.Net;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Telemetry;
using RaftActors.Tests.Groups;
using RaftActors.Tests.Telemetry;
using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Tests.Transport;

/// <summary>One lane. The test is the other node.</summary>
public sealed class LaneTests : TestKit
{
    private const int QueueSizeMax = 10_000;
    private const ulong Node = 7;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly string _name = $"lane-{Guid.NewGuid():N}";
    private readonly Address _address = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly MetricRecorder _metrics;
    private readonly Lane _lane;
    private readonly IActorRef _engine;
    private readonly WireMessage.LaneAt _endpoint;

    public LaneTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }").WithFallback(RemoteNode.Network))
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _listener.ReceiveTimeout = (int)Guard.TotalMilliseconds;
        _metrics = new MetricRecorder("raft.system", name => name == _name);
        var provider = ((ExtendedActorSystem)Sys).Provider;
        _lane = new Lane(_address, NewContext());
        _engine = provider.ResolveActorRef($"{_address}/system/raft/g/raft1#5");
        _endpoint = new WireMessage.LaneAt(((IPEndPoint)_listener.LocalEndPoint!).Port, Node); // Justification: it is bound.
    }

    [Fact]
    public void Message_goes_by_akka_until_the_other_node_has_answered_the_handshake()
    {
        Assert.False(Write(1));
        _lane.EndDetour();

        using var other = Connect();

        Assert.True(Write(1));
    }

    [Fact]
    public void Messages_are_held_until_the_fence_has_come_back()
    {
        using var other = Connect();
        Write(1);
        _lane.Flush();
        Assert.Equal(0, other.Available);

        _lane.Open(new WireMessage.LaneFence(Node, 1, IsReply: true));

        Assert.True(Receive(other, 4) is [> 0, 0, 0, 0]);
    }

    [Fact]
    public void Messages_that_nobody_takes_are_dropped_and_counted_above_the_limit()
    {
        using var other = Connect();

        for (var number = 1; number <= 100; number++)
        {
            Assert.True(Write(number, size: 1000));
        }

        // Ten of them and their heads exceed the limit, and the last one taken may be whole.
        Assert.InRange(_metrics.Of("raft.transport.dropped").Sum(each => each.Value), 89, 91);
    }

    [Fact]
    public void Messages_of_the_registry_that_nobody_takes_are_dropped_above_the_same_limit()
    {
        using var other = Connect();
        LocalProcess[] list = [new("g", new ProcessName("raft1@node1"), new string('x', 1000))];

        for (var number = 1; number <= 100; number++)
        {
            Assert.True(_lane.TryTellRegistry(new WireMessage.Hello([.. list], IsReply: false)));
        }

        Assert.InRange(_metrics.Of("raft.transport.dropped").Sum(each => each.Value), 89, 91);
    }

    [Fact]
    public void Message_above_the_size_of_a_frame_goes_by_akka()
    {
        using var other = Connect();

        Assert.False(Write(1, size: 6000));
        Assert.True(Write(2));
    }

    [Fact]
    public void Message_that_cannot_be_encoded_is_left_to_akka_which_drops_it()
    {
        using var other = Connect();
        var origin = new Member(new ProcessName("raft1@node1"), Incarnation.None);

        Assert.False(_lane.TryWrite(_engine, new AppendReply.Discarded(new RequestId(origin, 1), "half of \ud83d"), _engine));
        Assert.True(Write(1));
    }

    [Fact]
    public void Listener_goes_on_when_it_could_not_accept_a_connection()
    {
        var hasFailed = false;
        using var listener = new LaneListener(NewContext(), _ => null, socket =>
        {
            var fails = !hasFailed;
            hasFailed = true;
            return fails ? throw new InvalidOperationException("no memory") : socket.AcceptAsync();
        });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Guard.TotalMilliseconds };
        socket.Connect(IPAddress.Loopback, listener.Port);

        socket.Send(new LaneHandshake($"{_address}", 2, Expected: 1).ToBytes());

        Assert.Equal(1UL, LaneHandshake.ReadAnswer(Receive(socket, LaneHandshake.AnswerSize)));
    }

    [Fact]
    public void Connections_that_begin_while_the_listener_closes_end_with_it()
    {
        var context = NewContext();
        var warned = CreateTestProbe();
        Sys.EventStream.Subscribe(warned, typeof(Warning));
        for (var round = 0; round < 50; round++)
        {
            var listener = new LaneListener(context, _ => null);
            var sockets = Enumerable.Range(0, 4).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToArray();
            Array.ForEach(sockets, socket => socket.Connect(IPAddress.Loopback, listener.Port));

            listener.Dispose();

            // An exception on a thread of the listener would end this program.
            Assert.All(sockets, socket => Assert.True(HasEnded(socket)));
            Array.ForEach(sockets, socket => socket.Dispose());
        }

        Assert.False(warned.HasMessages, "A connection ended by the timeout of its handshake.");
    }

    [Fact]
    public void Connection_that_is_closed_leaves_the_messages_to_akka_and_is_made_again()
    {
        Connect().Dispose();
        ExpectDisconnected();

        Assert.False(Write(1));
        _lane.EndDetour();
        using var other = Connect(number: 2);
        Assert.True(Write(2));
    }

    [Fact]
    public void Way_is_not_forgotten_while_it_has_a_connection_or_while_a_message_is_about_to_go_by_akka()
    {
        Assert.False(Write(1));
        Assert.False(_lane.TryRetire());
        _lane.EndDetour();

        using var other = Connect();

        Assert.False(_lane.TryRetire());
        Assert.True(Write(2));
    }

    // Two connections to one node would end each other for ever.
    [Fact]
    public void Forgotten_way_makes_no_connection()
    {
        var forgotten = new Lane(_address, NewContext());
        Assert.True(forgotten.TryRetire());
        forgotten.Learn(_endpoint);

        using var other = Connect();

        Assert.False(_listener.Poll(0, SelectMode.SelectRead));
        forgotten.Forget();
    }

    [Fact]
    public void Late_fence_of_an_earlier_connection_opens_nothing()
    {
        Connect().Dispose();
        ExpectDisconnected();
        using var other = Connect(number: 2);
        Write(1);

        _lane.Open(new WireMessage.LaneFence(Node, 1, IsReply: true));

        Assert.Equal(0, other.Available);
    }

    [Fact]
    public void Lost_fence_is_asked_for_again_and_in_the_end_not_waited_for()
    {
        using var other = Connect();
        Write(1);

        ExpectMsg<LaneNews>(new LaneNews.Connected(_address, Node, 1), Guard);
        Assert.True(Receive(other, 4) is [> 0, 0, 0, 0]);
    }

    [Fact]
    public void Fence_follows_the_messages_that_go_by_akka_when_the_connection_is_made()
    {
        Assert.False(Write(1));
        _lane.Learn(_endpoint);
        using var other = Accept();
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));

        _lane.EndDetour();

        ExpectMsg<LaneNews.Connected>(Guard);
    }

    [Fact]
    public void Fence_follows_the_messages_of_a_turn_within_which_the_connection_is_made()
    {
        using var lanes = Unprotected.Listen((ExtendedActorSystem)Sys, NewContext().Settings, TestActor);
        var outbox = new Outbox(TestActor, sizeMaxBytes: 1000) { Lanes = lanes };
        outbox.BeginTurn();
        outbox.Send(_engine, new WireMessage.Leaving(new ProcessName("raft1@node1"), IsReply: false));
        lanes.Learn(_address, _endpoint);
        using var other = Accept();
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));

        outbox.EndTurn();

        ExpectMsg<LaneNews.Connected>(Guard);
    }

    [Fact]
    public void Port_that_cannot_be_reached_is_tried_again_when_it_is_learned_again_and_warned_of_once()
    {
        _listener.Dispose();

        EventFilter.Warning(contains: "cannot be reached").ExpectOne(() =>
        {
            for (var attempt = 1; attempt <= 3; attempt++)
            {
                _lane.Learn(_endpoint);
                ExpectMsg<LaneNews>(new LaneNews.Failed(_address), Guard);
            }
        });
    }

    [Fact]
    public void Connection_whose_bytes_get_no_answer_ends_within_seconds()
    {
        using var other = Connect();
        _lane.Open(new WireMessage.LaneFence(Node, 1, IsReply: true));

        // The other side reads none of them, so its machine stops taking them.
        for (var number = 1; number <= 3000; number++)
        {
            Write(number, size: 4000);
            _lane.Flush();
        }

        ExpectDisconnected();
    }

    [Fact]
    public void Engine_that_sends_does_not_go_on_for_the_others_without_end()
    {
        using var other = Connect();
        _lane.Open(new WireMessage.LaneFence(Node, 1, IsReply: true));
        var (self, sends) = (Environment.CurrentManagedThreadId, 0);
        using var metrics = new MetricRecorder("raft.system", name =>
        {
            // Another engine writes during each send of this one.
            if (name == _name && Environment.CurrentManagedThreadId == self && ++sends < 100)
            {
                Write(sends);
            }

            return false;
        });

        Write(0);
        _lane.Flush();

        Assert.InRange(sends, 1, 5);
    }

    [Fact]
    public void Port_of_another_actor_system_is_not_used()
    {
        _lane.Learn(_endpoint);

        using var other = Accept(answer: Node + 1);

        Assert.Empty(Receive(other, 1));
        Assert.False(Write(1));
    }

    [Fact]
    public void Bytes_that_the_socket_does_not_take_at_once_are_sent_later_and_in_order()
    {
        using var other = Connect();
        _lane.Open(new WireMessage.LaneFence(Node, 1, IsReply: true));
        var sent = 0L;
        for (var number = 1; !_metrics.Of("raft.transport.dropped").Any(); number++)
        {
            Write(number, size: 4000);
            _lane.Flush();
            sent = number;
        }

        sent--;

        var block = new ReceiveBlock(5000);
        var reader = new FrameReader(_engine.Path.Address, path => ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(path));
        var last = 0L;
        for (var count = 0; count < sent;)
        {
            var received = other.Receive(block.Room().Span);
            Assert.NotEqual(0, received);
            block.Add(received);
            while (block.TryTake(out var bytes))
            {
                var append = Assert.IsType<WireMessage.AppendRequest>(reader.Read(bytes, out _)?.Message);
                Assert.True(append.Request.Number > last);
                last = append.Request.Number;
                count++;
            }
        }
    }

    protected override void AfterAll()
    {
        _lane.Forget();
        _listener.Dispose();
        _metrics.Dispose();
        base.AfterAll();
    }

    private static byte[] Receive(Socket socket, int count)
    {
        var bytes = new byte[count];
        return bytes[..socket.Receive(bytes)];
    }

    private LaneContext NewContext()
    {
        var settings = new TransportSettings(IsTcp: true, "127.0.0.1", 0, FrameSizeMaxBytes: 5000, QueueSizeMax);
        var own = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;
        return new LaneContext(settings, own, 1, TestActor, Sys.Log, new TransportMetrics(_name))
        {
            Resolve = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef,
        };
    }

    private Socket Connect(long number = 1)
    {
        _lane.Learn(_endpoint);
        var other = Accept();
        FishForMessage(message => message is LaneNews.Connected connected && connected.Number == number, Guard);
        return other;
    }

    private Socket Accept(ulong answer = Node)
    {
        var socket = _listener.Accept();
        socket.ReceiveTimeout = (int)Guard.TotalMilliseconds;
        var rest = Receive(socket, LaneHandshake.ReadHead(Receive(socket, LaneHandshake.HeadSize)));
        Assert.Equal(Node, LaneHandshake.ReadRest(rest).Expected);
        socket.Send(LaneHandshake.AnswerOf(answer));
        return socket;
    }

    // The other side closes it, in order or by a reset.
    private static bool HasEnded(Socket socket)
    {
        socket.ReceiveTimeout = (int)Guard.TotalMilliseconds;
        try
        {
            return socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    private void ExpectDisconnected() => FishForMessage(message => message is LaneNews.Disconnected, Guard);

    private bool Write(long number, int size = 0)
    {
        var origin = new Member(new ProcessName("raft1@node1"), Incarnation.None);
        return _lane.TryWrite(_engine, new WireMessage.AppendRequest(new RequestId(origin, number), "", new byte[size], 0), _engine);
    }
}
