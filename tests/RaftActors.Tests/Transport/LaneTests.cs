using System.Net;
using System.Net.Sockets;

using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
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
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly MetricRecorder _metrics;
    private readonly Lane _lane;
    private readonly IActorRef _engine;
    private readonly WireMessage.LaneAt _endpoint;

    public LaneTests()
        : base(RemoteNode.Network)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _listener.ReceiveTimeout = (int)Guard.TotalMilliseconds;
        _metrics = new MetricRecorder("raft.system", name => name == _name);
        var provider = ((ExtendedActorSystem)Sys).Provider;
        var settings = new TransportSettings(IsTcp: true, "", 0, FrameSizeMaxBytes: 5000, QueueSizeMax);
        var context = new LaneContext(settings, provider.DefaultAddress, 1, TestActor, Sys.Log, new TransportMetrics(_name));
        var address = new Address("akka.tcp", "demo", "127.0.0.1", 2551);
        _lane = new Lane(address, context);
        _engine = provider.ResolveActorRef($"{address}/system/raft/g/raft1#5");
        _endpoint = new WireMessage.LaneAt(((IPEndPoint)_listener.LocalEndPoint!).Port, Node); // Justification: it is bound.
    }

    [Fact]
    public void Message_goes_by_akka_until_the_other_node_has_answered_the_handshake()
    {
        Assert.False(Write(1));

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
    public void Connections_that_begin_while_the_listener_closes_end_with_it()
    {
        var provider = ((ExtendedActorSystem)Sys).Provider;
        var settings = new TransportSettings(IsTcp: true, "127.0.0.1", 0, FrameSizeMaxBytes: 5000, QueueSizeMax);
        var context = new LaneContext(settings, provider.DefaultAddress, 1, TestActor, Sys.Log, new TransportMetrics(_name));
        for (var round = 0; round < 50; round++)
        {
            var listener = new LaneListener(context, provider.ResolveActorRef);
            var sockets = Enumerable.Range(0, 4).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp)).ToArray();
            Array.ForEach(sockets, socket => socket.Connect(IPAddress.Loopback, listener.Port));

            listener.Dispose();

            // An exception on a thread of the listener would end this program.
            Assert.All(sockets, socket => Assert.True(HasEnded(socket)));
            Array.ForEach(sockets, socket => socket.Dispose());
        }
    }

    [Fact]
    public void Connection_that_is_closed_leaves_the_messages_to_akka_and_is_made_again()
    {
        Connect().Dispose();
        ExpectDisconnected();

        Assert.False(Write(1));
        _lane.Retry();
        using var other = Accept();
        ExpectMsg<LaneNews.Connected>(connected => Assert.Equal(2, connected.Number), Guard);
        Assert.True(Write(2));
    }

    [Fact]
    public void Late_fence_of_an_earlier_connection_opens_nothing()
    {
        Connect().Dispose();
        ExpectDisconnected();
        _lane.Retry();
        using var other = Accept();
        ExpectMsg<LaneNews.Connected>(Guard);
        Write(1);

        _lane.Open(new WireMessage.LaneFence(Node, 1, IsReply: true));

        Assert.Equal(0, other.Available);
    }

    [Fact]
    public void Connection_whose_fence_is_lost_ends_at_the_second_retry()
    {
        using var other = Connect();

        _lane.Retry();
        Assert.True(Write(1));
        _lane.Retry();

        Assert.Equal([1, -1], _metrics.Of("raft.transport.connections").Select(each => each.Value));
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
        for (var number = 1; number <= 3000; number++)
        {
            var before = _metrics.Of("raft.transport.dropped").Count();
            Write(number, size: 4000);
            _lane.Flush();
            sent += before == _metrics.Of("raft.transport.dropped").Count() ? 1 : 0;
        }

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
                var append = Assert.IsType<WireMessage.AppendRequest>(reader.Read(bytes, out _).Message);
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

    private Socket Connect()
    {
        _lane.Learn(_endpoint);
        var other = Accept();
        ExpectMsg<LaneNews.Connected>(Guard);
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

    private void ExpectDisconnected() => ExpectMsg<LaneNews.Disconnected>(Guard);

    private bool Write(long number, int size = 0)
    {
        var origin = new Member(new ProcessName("raft1@node1"), Incarnation.None);
        return _lane.TryWrite(_engine, new WireMessage.AppendRequest(new RequestId(origin, number), "", new byte[size], 0), _engine);
    }
}
