using RaftActors.Tests.Telemetry;

namespace RaftActors.Tests.Network;

/// <summary>One connection. The test is the other node.</summary>
public sealed class ConnectionTests : TestKit
{
    private const int QueueSizeMax = 10_000;

    private readonly string _name = $"connection-{Guid.NewGuid():N}";
    private readonly Address _address;
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly MetricRecorder _metrics;
    private readonly NetworkContext _context;
    private readonly NodeConnection _connection;
    private readonly IActorRef _engine;
    private readonly ReceiveBlock _block = new(5000);
    private readonly FrameReader _reader;

    // The list with which the latest accepted connection began.
    private WireMessage.Presence? _list;

    public ConnectionTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }").WithFallback(RemoteNode.Network))
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _listener.ReceiveTimeout = (int)Guard.TotalMilliseconds;
        _metrics = new MetricRecorder("raft.system", name => name == _name);
        var provider = ((ExtendedActorSystem)Sys).Provider;
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port; // Justification: it is bound.
        _address = new Address("akka.tcp", "demo", "127.0.0.1", port);
        _context = NewContext();
        _connection = new NodeConnection(_address, _context);
        _engine = provider.ResolveActorRef($"{_address}/system/raft/g/raft1#5");
        _reader = new FrameReader(_address, provider.ResolveActorRef)
        {
            ResolveSender = provider.ResolveActorRef,
            MayReceive = InboundNodeConnection.IsService,
        };
    }

    [Fact]
    public void Message_that_is_written_before_the_other_node_has_answered_the_handshake_follows_it()
    {
        Write(1);
        _connection.Flush();

        using var other = Accept();

        Assert.True(Receive(other, 4) is [> 0, 0, 0, 0]);
    }

    [Fact]
    public void Messages_that_nobody_takes_are_dropped_and_counted_above_the_limit()
    {
        using var other = Connect();
        var written = 0;
        while (CountDropped() < 90)
        {
            Write(++written, size: 1000);
        }

        Assert.False(_connection.TakesMessages);

        // The connection may send some meanwhile. None of those is counted.
        _connection.Flush();
        var received = Enumerable.Range(0, written - (int)CountDropped()).Select(_ => ReadNumber(other)).ToList();

        Assert.NotEmpty(received);
        Assert.Equal(received.Order().Distinct(), received);
    }

    // The other node would not learn of a lost change.
    [Fact]
    public void Connection_begins_with_the_processes_of_this_node_and_takes_each_change_above_the_limit()
    {
        _context.Processes.Change(new([ProcessOf("raft1"), ProcessOf("raft2")], [], IsComplete: true));
        using var other = Connect();
        Assert.Equal([ProcessOf("raft1"), ProcessOf("raft2")], _list?.Running.AsEnumerable());
        while (CountDropped() < 90)
        {
            Write(1, size: 1000);
        }

        var before = CountDropped();
        _connection.Tell(new([], [ProcessOf("raft1")], IsComplete: true));

        Assert.Equal(before, CountDropped());
        var read = ReadMessage(other);
        while (read is WireMessage.AppendRequest)
        {
            read = ReadMessage(other);
        }

        Assert.Equal([ProcessOf("raft1")], Assert.IsType<WireMessage.Presence>(read).Stopped.AsEnumerable());
    }

    [Fact]
    public void List_has_an_end_though_a_process_fits_into_no_frame()
    {
        _context.Processes.Change(new([ProcessOf("raft1") with { Group = new string('g', 5000) }], [], IsComplete: true));

        using var other = Connect();

        Assert.True(_list is { Running: [], IsComplete: true });
    }

    [Fact]
    public void Change_while_the_connection_is_made_follows_the_list()
    {
        _connection.Connect();
        _connection.Tell(new([ProcessOf("raft1")], [], IsComplete: true));

        using var other = Accept();

        Assert.True(_list is { Running: [] });
        Assert.Equal([ProcessOf("raft1")], Assert.IsType<WireMessage.Presence>(ReadMessage(other)).Running.AsEnumerable());
    }

    [Fact]
    public void Message_above_the_size_of_a_frame_is_dropped_with_a_warning_and_the_next_one_is_sent()
    {
        using var other = Connect();

        EventFilter.Warning(contains: "does not fit into a frame").ExpectOne(() => Write(1, size: 6000));
        Write(2);
        _connection.Flush();

        Assert.Equal(2, ReadNumber(other));
    }

    [Fact]
    public void Message_that_cannot_be_encoded_is_dropped_with_a_warning_and_the_next_one_is_sent()
    {
        using var other = Connect();
        var origin = new Member(new ProcessName("raft1@node1"), Incarnation.None);

        EventFilter.Warning(contains: "has a text that is no Unicode").ExpectOne(() =>
            _connection.Write(
                _engine,
                AppendReply.Cancelled(new RequestId(origin, 1), RaftFailure.NotDone(FailureReason.Busy, "half of \ud83d")),
                _engine));
        Write(2);
        _connection.Flush();

        Assert.Equal(2, ReadNumber(other));
    }

    [Fact]
    public void Listener_goes_on_when_it_could_not_accept_a_connection()
    {
        using var listener = new ConnectionListener(NewContext(), _ => new NoConnection(), new FailingOnce());
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Guard.TotalMilliseconds };
        socket.Connect(IPAddress.Loopback, listener.Port);

        socket.Send(new Handshake($"{_address}", 2, ConnectionKind.Node).ToBytes());

        Assert.Equal(FormatRange.Own, Handshake.ReadAnswer(Receive(socket, Handshake.AnswerSize)));
    }

    [Fact]
    public void Connections_that_begin_while_the_listener_closes_end_with_it()
    {
        var context = NewContext();
        var warned = CreateTestProbe();
        Sys.EventStream.Subscribe(warned, typeof(Warning));
        for (var round = 0; round < 50; round++)
        {
            var listener = new ConnectionListener(context, _ => new NoConnection());
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
    public void Connection_that_is_closed_is_made_again_by_the_next_message()
    {
        Connect().Dispose();
        ExpectDisconnected();

        Write(1);
        using var other = Accept();

        Assert.Equal(1, ReadNumber(other));
        FishForMessage(message => message is ConnectionNews.Opened, Guard);
    }

    [Fact]
    public void Port_of_a_node_that_has_connected_and_that_cannot_be_reached_is_warned_of_once_with_the_remedy()
    {
        _listener.Dispose();
        var connection = new NodeConnection(_address, NewContext());
        EventFilter.Warning(contains: $"let port {_address.Port} pass firewalls").ExpectOne(() =>
        {
            for (var attempt = 1; attempt <= 4; attempt++)
            {
                connection.OnMet();
                connection.Connect();
                FishForMessage(message => message is ConnectionNews.Refused, Guard);
            }
        });

        Assert.Contains($"127.0.0.1:{_address.Port}: ", connection.Problem);
        connection.Forget();
    }

    [Fact]
    public void Connection_whose_bytes_get_no_answer_ends_within_seconds()
    {
        using var other = Connect();

        // The other side reads none of them, so its machine stops taking them.
        for (var number = 1; number <= 3000; number++)
        {
            Write(number, size: 4000);
            _connection.Flush();
        }

        ExpectDisconnected();
    }

    [Fact]
    public void Engine_that_sends_does_not_go_on_for_the_others_without_end()
    {
        using var other = Connect();
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
        _connection.Flush();

        Assert.InRange(sends, 1, 5);
    }

    [Fact]
    public void Node_whose_program_has_no_level_in_common_is_not_used()
    {
        _connection.Connect();

        using var other = Accept(formats: new FormatRange(200, 201));

        var refused = (ConnectionNews.Refused)FishForMessage(message => message is ConnectionNews.Refused, Guard);
        Assert.Contains("Its program knows format levels 200 to 201", refused.Why);
        Assert.Empty(Receive(other, 1));
        _connection.Forget();
    }

    [Fact]
    public void Listener_tells_its_levels_to_a_program_that_it_refuses_for_them()
    {
        using var listener = new ConnectionListener(NewContext(), _ => new NoConnection());
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Guard.TotalMilliseconds };
        socket.Connect(IPAddress.Loopback, listener.Port);

        EventFilter.Warning(contains: "Upgrade the older one step by step").ExpectOne(() =>
            socket.Send(new Handshake($"{_address}", 2, ConnectionKind.Node) { Formats = new FormatRange(200, 201) }.ToBytes()));

        Assert.Equal(FormatRange.Own, Handshake.ReadAnswer(Receive(socket, Handshake.AnswerSize)));
        Assert.Empty(Receive(socket, 1));
    }

    [Fact]
    public void Bytes_that_the_socket_does_not_take_at_once_are_sent_later_and_in_order()
    {
        using var other = Connect();
        var sent = 0L;
        for (var number = 1; !_metrics.Of("raft.transport.dropped").Any(); number++)
        {
            Write(number, size: 4000);
            _connection.Flush();
            sent = number;
        }

        sent--;

        var last = 0L;
        for (var count = 0; count < sent; count++)
        {
            var number = ReadNumber(other);
            Assert.True(number > last);
            last = number;
        }
    }

    protected override void AfterAll()
    {
        _connection.Forget();
        _listener.Dispose();
        _metrics.Dispose();
        base.AfterAll();
    }

    private double CountDropped() => _metrics.Of("raft.transport.dropped").Sum(each => each.Value);

    private static byte[] Receive(Socket socket, int count)
    {
        var bytes = new byte[count];
        return bytes[..socket.Receive(bytes)];
    }

    private NetworkContext NewContext()
    {
        var settings = new TransportSettings("127.0.0.1", PortOffset: 0, FrameSizeMaxBytes: 5000, QueueSizeMax);
        var system = (ExtendedActorSystem)Sys;
        return Unprotected.ContextOf(this, system.Provider.DefaultAddress, settings, system.Provider.ResolveActorRef, _name);
    }

    private Socket Connect()
    {
        _connection.Connect();
        var other = Accept();
        FishForMessage(message => message is ConnectionNews.Opened, Guard);
        return other;
    }

    private Socket Accept(FormatRange? formats = null)
    {
        var socket = _listener.Accept();
        socket.ReceiveTimeout = (int)Guard.TotalMilliseconds;
        var rest = Receive(socket, Handshake.ReadHead(Receive(socket, Handshake.HeadSize)));
        var handshake = Handshake.ReadRest(rest);
        Assert.Equal(ConnectionKind.Node, handshake.Kind);
        socket.Send(Handshake.AnswerOf(formats ?? FormatRange.Own));
        if (formats is null)
        {
            var list = Receive(socket, BitConverter.ToInt32(Receive(socket, sizeof(int))));
            _list = Assert.IsType<WireMessage.Presence>(_reader.Read(list, out _).Message);
        }

        return socket;
    }

    private static LocalProcess ProcessOf(string name) => new("default", new ProcessName($"{name}@node1"), $"akka.tcp://demo@h:1/{name}");

    // The number of the next AppendRequest.
    private long ReadNumber(Socket other) => Assert.IsType<WireMessage.AppendRequest>(ReadMessage(other)).Request.Number;

    private WireMessage ReadMessage(Socket other)
    {
        ReadOnlyMemory<byte> bytes;
        while (!_block.TryTake(out bytes))
        {
            var received = other.Receive(_block.Room().Span);
            Assert.NotEqual(0, received);
            _block.Add(received);
        }

        return _reader.Read(bytes, out _).Message;
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

    private void ExpectDisconnected() => FishForMessage(message => message is ConnectionNews.Disconnected, Guard);

    private void Write(long number, int size = 0)
    {
        var origin = new Member(new ProcessName("raft1@node1"), Incarnation.None);
        _connection.Write(_engine, new WireMessage.AppendRequest(new RequestId(origin, number), "", new byte[size]), _engine);
    }

    private sealed class FailingOnce : IChannelListener
    {
        private readonly SocketListener _listener = new("127.0.0.1", port: 0);
        private bool _hasFailed;

        public int Port => _listener.Port;

        public Task<ByteChannel> AcceptAsync()
        {
            var fails = !_hasFailed;
            _hasFailed = true;
            return fails ? throw new InvalidOperationException("no memory") : _listener.AcceptAsync();
        }

        public void Dispose() => _listener.Dispose();
    }
}
