using System.Net.Security;

namespace RaftActors.Tests.Network;

/// <summary>The routes to clients of one node. The test is the clients.</summary>
[Trait("Needs", "TLS")]
public sealed class InboundCallConnectionTests : TestKit
{
    private const int ReplySizeMax = 200_000;
    private const int AnswerSize = 10_000;

    // Far more than the sockets and the queue take.
    private const int MaxAnswers = 10_000;

    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "demo", "127.0.0.1", 2552);

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 10_000 };
    private readonly List<Client> _clients = [];
    private readonly NetworkContext _context;
    private readonly TestProbe _warned;

    public InboundCallConnectionTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }").WithFallback(RemoteNode.Network))
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _warned = CreateTestProbe();
        Sys.EventStream.Subscribe(_warned, typeof(Warning));
        var settings = new TransportSettings("127.0.0.1", 0, FrameSizeMaxBytes: 100_000, 4 * ReplySizeMax);
        _context = Unprotected.ContextOf(this, Near, settings, ((ExtendedActorSystem)Sys).Provider.ResolveActorRef);
    }

    [Fact]
    public void Client_that_does_not_read_is_closed_and_one_that_reads_goes_on()
    {
        var (slow, healthy) = (Connect("slow"), Connect("healthy"));

        for (var answer = 1; answer <= MaxAnswers && !slow.IsClosed; answer++)
        {
            slow.Answer();
            healthy.Answer();
            healthy.Read();
        }

        Assert.True(slow.HasEnded());
        Assert.False(healthy.IsClosed);
        healthy.Answer();
        healthy.Read();
        Assert.Equal(1, _context.Replies.Count);
    }

    [Fact]
    public void Client_that_is_closed_again_and_again_gets_one_warning_that_names_it_and_the_setting()
    {
        for (var connection = 1; connection <= 3; connection++)
        {
            Connect("slow").AnswerUntilClosed();
        }

        var warning = $"{_warned.ExpectMsg<Warning>(Guard).Message}";
        Assert.Contains($"client 'slow' at {Far}", warning);
        Assert.Contains("raise", warning);
        Assert.Contains($"exceed {ReplySizeMax} bytes (a quarter of raft.transport-tcp.queue-size-max)", warning);
        _warned.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Answers_that_are_being_sent_wait_too()
    {
        var slow = Connect("slow");
        SendTurn.Begin();
        for (var answer = 1; answer <= 15; answer++)
        {
            slow.Answer();
        }

        SendTurn.End();

        Assert.InRange(slow.Connection.WaitingBytes, 15 * AnswerSize, ReplySizeMax);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_that_has_read_its_answers_keeps_only_small_buffers(bool isEncrypted)
    {
        var client = isEncrypted ? await ConnectEncrypted("client") : Connect("client");
        SendTurn.Begin();
        for (var answer = 1; answer <= 15; answer++)
        {
            client.Answer();
        }

        SendTurn.End();
        for (var answer = 1; answer <= 15; answer++)
        {
            client.Read();
        }

        AwaitCondition(() => client.Connection.WaitingBytes == 0, Guard);

        Assert.InRange(client.Connection.KeptBytes, 0, 2 * CallFrames.KeptSizeMax);
    }

    [Fact]
    public void Connection_whose_socket_is_full_is_not_lost()
    {
        var (near, end) = ConnectSockets();
        using SocketChannel channel = new(near);
        channel.Begin(keepsThread: false);
        int sent;

        do
        {
            Assert.True(channel.TrySendNow(new byte[AnswerSize], out sent));
        }
        while (sent > 0);

        end.Dispose();
    }

    [Fact]
    public void Closed_client_holds_no_answers()
    {
        var slow = Connect("slow");
        slow.AnswerUntilClosed();

        Assert.InRange(slow.Connection.WaitingBytes, 0, ReplySizeMax);
        var waiting = slow.Connection.WaitingBytes;
        slow.Answer();
        Assert.Equal(waiting, slow.Connection.WaitingBytes);
    }

    [Fact]
    public async Task Client_whose_connection_has_ended_is_not_counted()
    {
        var end = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await end.ConnectAsync(_listener.LocalEndPoint!); // Justification: it is bound.
        using var connection = new InboundCallConnection(new SocketChannel(await _listener.AcceptAsync()), _context, GreetingOf("left"));
        var reading = connection.RunToEndAsync();
        Assert.Equal(1, _context.Replies.Count);

        end.Dispose();
        await reading.WaitAsync(Guard);

        Assert.Equal(0, _context.Replies.Count);
    }

    protected override void AfterAll()
    {
        _clients.ForEach(client => client.Dispose());
        _listener.Dispose();
        base.AfterAll();
    }

    private static HandshakeResult GreetingOf(string name) =>
        new(Far, new PeerIdentity(name, [name], ConnectionRole.Reader), ConnectionRole.Reader);

    private Client Connect(string name)
    {
        var (socket, end) = ConnectSockets();
        return NewClient(name, new SocketChannel(socket), new NetworkStream(end, ownsSocket: true));
    }

    private async Task<Client> ConnectEncrypted(string name)
    {
        var (socket, end) = ConnectSockets();
        using var folder = new TemporaryFolder();
        var ca = new TestCertificates(folder.Path);
        var credentials = CredentialFiles.Read(
            new TlsFiles(ca.Issue("any", ["127.0.0.1"]), Key: "", Password: "", ca.Ca, Pins: []), new RoleRules([], [], [], []));
        var (channel, tls) = (new SocketChannel(socket), new SslStream(new NetworkStream(end, ownsSocket: true)));
        await Task.WhenAll(
            channel.AuthenticateAsServerAsync(credentials, CancellationToken.None),
            credentials.AuthenticateAsClientAsync(tls, "127.0.0.1", CancellationToken.None));
        channel.Begin(keepsThread: false);
        return NewClient(name, channel, tls);
    }

    private (Socket Near, Socket Far) ConnectSockets()
    {
        var end = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = 10_000,
            ReceiveTimeout = (int)Guard.TotalMilliseconds,
        };
        end.Connect(_listener.LocalEndPoint!); // Justification: it is bound.
        return (_listener.Accept(), end);
    }

    private Client NewClient(string name, ByteChannel channel, Stream end)
    {
        channel.Begin(keepsThread: false);
        var client = new Client(new InboundCallConnection(channel, _context, GreetingOf(name)), end);
        _clients.Add(client);
        return client;
    }

    private sealed class Client : IDisposable
    {
        private static readonly ClientReply.Pairs Content =
            new([new StoredPair(new Serial(1), "key", new byte[AnswerSize], default)], default);

        private readonly byte[] _buffer = new byte[AnswerSize];
        private readonly Stream _end;

        public Client(InboundCallConnection connection, Stream end)
        {
            (Connection, _end) = (connection, end);
            _ = connection.RunToEndAsync();
        }

        public InboundCallConnection Connection { get; }

        public int Waiting => IsClosed ? 0 : Connection.WaitingBytes;

        public bool IsClosed => Connection.IsClosed;

        public void Answer() => Connection.Write(1, Content);

        public void AnswerUntilClosed()
        {
            for (var answer = 1; answer <= MaxAnswers && !IsClosed; answer++)
            {
                Answer();
            }

            Assert.True(IsClosed);
        }

        /// <summary>Reads one answer, but for the few bytes around it.</summary>
        public void Read() => _end.ReadExactly(_buffer);

        /// <summary>Reads to the end of the connection.</summary>
        public bool HasEnded()
        {
            try
            {
                while (_end.Read(_buffer) > 0)
                {
                }

                return true;
            }
            catch (IOException e)
            {
                return e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset };
            }
        }

        public void Dispose()
        {
            Connection.Dispose();
            _end.Dispose();
        }
    }
}
