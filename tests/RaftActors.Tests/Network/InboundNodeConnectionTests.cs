namespace RaftActors.Tests.Network;

/// <summary>The reader of one connection. The test is the node that sends.</summary>
public sealed class InboundNodeConnectionTests : TestKit
{
    // O_NONBLOCK of Linux. .NET sets it when a socket is awaited for the first time.
    private const int NonBlocking = 0x800;

    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "demo", "127.0.0.1", 2552);
    private static readonly string Sender = $"{Far}/system/raft/g/from#8";

    private readonly Dictionary<string, IActorRef> _engines = [];
    private readonly FrameWriter _writer = new(Far, frameSizeMaxBytes: 5000);
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Guard.TotalMilliseconds };
    private readonly Socket _accepted;
    private readonly NetworkContext _context;
    private readonly Thread _reader;

    public InboundNodeConnectionTests()
        : base(RemoteNode.Network)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _socket.Connect(listener.LocalEndPoint!); // Justification: it is bound.
        var settings = new TransportSettings("127.0.0.1", 0, FrameSizeMaxBytes: 5000, QueueSizeMaxBytes: 5000);
        _context = Unprotected.ContextOf(this, Near, settings, path => _engines[path]);
        _accepted = listener.Accept();
        var connection = new InboundNodeConnection(
            new SocketChannel(_accepted), _context, new HandshakeResult(Far, null, null), new NoConnection());
        _reader = new Thread(() => Run(connection));
    }

    // Otherwise each message of an idle group wakes two threads, that of the connection and .NET's for sockets.
    [Fact]
    public async Task Handshake_leaves_the_socket_to_the_thread_that_reads_it()
    {
        _socket.Send(new Handshake(Far.ToString(), 8, ConnectionKind.Node).ToBytes());
        var channel = new SocketChannel(_accepted, blocks: true);

        var greeting = await HandshakeResult.TakeAsync(channel, _context, CancellationToken.None);
        await HandshakeResult.AnswerAsync(channel, CancellationToken.None);
        channel.Begin(keepsThread: true);

        Assert.Equal(Far, greeting.Peer);
        Assert.Equal(Handshake.AnswerSize, _socket.Receive(new byte[Handshake.AnswerSize]));
        if (OperatingSystem.IsLinux())
        {
            var flags = File.ReadLines($"/proc/self/fdinfo/{_accepted.Handle}").Single(line => line.StartsWith("flags:"));
            Assert.Equal(0, Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & NonBlocking);
        }

        _reader.Start();
    }

    [Fact]
    public void Engine_that_is_alone_runs_on_the_thread_of_the_connection()
    {
        Begin("raft1");

        Send("raft1");

        Assert.Equal(_reader.ManagedThreadId, ExpectMsg<int>(Guard));
    }

    [Fact]
    public void Slow_engine_does_not_hold_up_the_messages_of_another_one()
    {
        Begin("raft1", "raft2");
        Send("raft1");
        Assert.Equal(_reader.ManagedThreadId, ExpectMsg<int>(Guard));

        Send("raft2");

        Assert.NotEqual(_reader.ManagedThreadId, ExpectMsg<int>(Guard));
    }

    // The clients of both starts have the same numbers, so a client would take the reply to the call of another one for its own.
    [Fact]
    public async Task Reply_to_a_call_that_this_node_forwarded_before_its_restart_reaches_no_client()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Guard.TotalMilliseconds };
        socket.Connect(listener.LocalEndPoint!); // Justification: it is bound.
        using InboundCallConnection client = new(
            new SocketChannel(listener.Accept()), _context, new HandshakeResult(Far, null, ConnectionRole.Operator));
        var reading = client.RunToEndAsync();
        var engine = ThreadTeller.StartIdle(this);
        var present = $"{Near}/system/raft/g/raft1#{engine.Path.Uid}";
        _engines.Add(present, engine);
        _engines.Add(PathOf("raft1"), engine);
        _engines.Add(PathOf("gone"), RaftAddress.ResolveOwn((ExtendedActorSystem)Sys, Near, PathOf("gone")));

        _reader.Start();
        Reply(PathOf("gone"), "earlier");
        Reply(PathOf("raft1"), "earlier");
        Reply(present, "of this start");

        var frame = new byte[100];
        var text = Encoding.UTF8.GetString(frame, 0, socket.Receive(frame));
        Assert.DoesNotContain("earlier", text);
        Assert.Contains("of this start", text);
        socket.Dispose();
        await reading.WaitAsync(Guard);

        void Reply(string path, string why)
        {
            ByteWriter writer = new();
            CallFormat.WriteReply(writer, (client.Id!.Value << 40) | 1, new ClientReply.Declined(why), _context.Outcomes);
            Assert.True(_writer.TryWrite(At(path), new WireMessage.Reply(writer.ToArray()), At(Sender)));
            _socket.Send(_writer.Take([]));
        }
    }

    // A forwarded call with the number 0 would look like one of this node's own clients.
    [Fact]
    public void Number_of_a_connection_is_above_zero_also_after_four_million_others()
    {
        NodeCalls calls = new(connections: (1 << 22) - 1);
        using InboundCallConnection client = new(
            new SocketChannel(new Socket(SocketType.Stream, ProtocolType.Tcp)),
            _context,
            new HandshakeResult(Far, null, ConnectionRole.Operator));
        _reader.Start();

        Assert.Equal(1, calls.Enter(client));
    }

    protected override void AfterAll()
    {
        _socket.Dispose();
        _reader.Join();
        base.AfterAll();
    }

    private static void Run(InboundNodeConnection connection)
    {
        using (connection)
        {
            try
            {
                connection.ReadToEndAsync().GetAwaiter().GetResult();
            }
            catch (InvalidDataException)
            {
                // The connection ends, as the listener would end it.
            }
        }
    }

    // Starts the reader when all engines are idle.
    private void Begin(params string[] names)
    {
        foreach (var name in names)
        {
            _engines.Add(PathOf(name), ThreadTeller.StartIdle(this));
        }

        _reader.Start();
    }

    private void Send(string name)
    {
        var request = new RequestId(new Member(new ProcessName("raft1@node1"), Incarnation.None), 1);
        var message = new AppendReply(request, new Serial(1), Failure: null);
        Assert.True(_writer.TryWrite(At(PathOf(name)), message, At(Sender)));
        _socket.Send(_writer.Take([]));
    }

    private static string PathOf(string name) => $"{Near}/system/raft/g/{name}#5";

    private IActorRef At(string path) => ((ExtendedActorSystem)Sys).Provider.ResolveActorRef(path);
}
