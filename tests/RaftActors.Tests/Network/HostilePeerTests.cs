using System.Net.Security;

namespace RaftActors.Tests.Network;

/// <summary>The listener of a node with certificates. The test is the other side, and does not keep to the rules.</summary>
[Trait("Needs", "TLS")]
public sealed class HostilePeerTests : TestKit
{
    private const string Engine = "/system/raft/g/p";
    private const int SizeMax = 100_000;

    private const string Writer = "billing";
    private const string Operator = "alice";
    private const string Peer = "cluster";

    private static readonly RoleRules Roles = new([Peer], [Operator], [Writer], []);
    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "demo", "127.0.0.1", 2552);
    private static readonly CallTarget Target = new("g", new ProcessName("p@node1"));
    private static readonly Member Origin = new(new ProcessName("a@b"), Incarnation.None);
    private static readonly AppendReply OfNode = AppendReply.Refused(new RequestId(Origin, 1));

    private readonly TemporaryFolder _folder = new();
    private readonly TransportSettings _settings = new("127.0.0.1", 0, SizeMax, SizeMax);
    private readonly List<IDisposable> _open = [];
    private readonly TestCertificates _ca;
    private readonly NetworkContext _context;
    private readonly CredentialStore _store;
    private readonly ConnectionListener _listener;
    private readonly TestProbe _engine;
    private readonly TestProbe _warned;

    public HostilePeerTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }").WithFallback(RemoteNode.Network))
    {
        (_engine, _warned) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(_warned, typeof(Warning));
        _ca = new TestCertificates(_folder.Path);
        _store = new CredentialStore(SettingsOf("node"), Sys.Log);
        _context = Unprotected.ContextOf(this, Near, _settings, _ => _engine) with { Credentials = _store };
        _context.Calls.Add(Target, new Inbox(_engine));
        _listener = Listen(new ConnectionListener(_context, _ => new NoConnection()));
    }

    [Fact]
    public async Task Ca_that_is_exchanged_ends_the_connections_of_the_former_one()
    {
        var writer = await Greet(await Connect(Writer), ConnectionKind.Client);

        ExchangeCa("node");
        _store.Refresh();

        Assert.True(HasEnded(writer));
    }

    [Fact]
    public async Task Connection_that_was_proved_before_its_ca_was_removed_and_greets_after_it_is_closed()
    {
        var writer = await Connect(Writer);
        ExchangeCa("node");
        _store.Refresh();

        await Greet(writer, ConnectionKind.Client);

        Assert.True(HasEnded(writer));
    }

    [Fact]
    public void Node_ends_its_own_connection_to_a_node_whose_ca_is_removed()
    {
        var address = At(Near, _listener.Port);
        using var network = new TcpNetwork((ExtendedActorSystem)Sys, _settings, SettingsOf("other"), new NodeCalls(), TestActor);
        network.Connect(address);
        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Opened, Guard);

        ExchangeCa("other");

        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Disconnected, Guard);
    }

    [Fact]
    public void Client_ends_its_connection_to_a_node_whose_ca_is_removed()
    {
        var address = At(Near, _listener.Port);
        using var network = new TcpNetwork((ExtendedActorSystem)Sys, _settings, SettingsOf("other"), new NodeCalls(), TestActor);
        Caller caller = new(CreateTestProbe());
        Assert.Equal(CallSending.Sent, network.LinkTo(address).Send(Target, new ClientCall.Status(), caller));
        _engine.ExpectMsg<ClientCall.Status>(Guard);

        ExchangeCa("other");

        Assert.Equal(new ClientReply.Lost(address, WasSent: true), caller.Probe.ExpectMsg<ClientReply.Lost>(Guard));
    }

    [Fact]
    public async Task Client_ends_its_connection_to_a_node_whose_ca_is_removed_before_the_node_answers_the_handshake()
    {
        using var port = new Socket(SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port.Listen();
        var address = At(Near, ((IPEndPoint)port.LocalEndPoint!).Port); // Justification: it is bound.
        using var store = new CredentialStore(SettingsOf("other") with { ReloadInterval = TimeSpan.FromHours(1) }, Sys.Log);
        using var calls = new CallConnections(_context with { Credentials = store }, _ => { });
        Caller caller = new(CreateTestProbe());
        Assert.Equal(CallSending.Sent, calls.LinkTo(address).Send(Target, new ClientCall.Status(), caller));
        using var tls = new SslStream(new NetworkStream(await port.AcceptAsync(), ownsSocket: true));
        await _store.Current.AuthenticateAsServerAsync(tls, CancellationToken.None);
        var head = new byte[Handshake.HeadSize];
        await tls.ReadExactlyAsync(head);
        await tls.ReadExactlyAsync(new byte[Handshake.ReadHead(head)]);

        ExchangeCa("other");
        store.Refresh();
        await tls.WriteAsync(Handshake.AnswerOf(FormatRange.Own));

        Assert.Equal(new ClientReply.Lost(address, WasSent: true), caller.Probe.ExpectMsg<ClientReply.Lost>(Guard));
    }

    [Fact]
    public async Task Client_that_is_refused_again_and_again_fills_no_log()
    {
        for (var connection = 0; connection < 3; connection++)
        {
            var writer = await Greet(await Connect(Writer), ConnectionKind.Client);
            for (var number = 1; number <= 100; number++)
            {
                Send(writer, new ClientCall.Backup(default, default, number, LogIndex.Zero));
            }

            Send(writer, new ClientCall.Status());
            _engine.ExpectMsg<ClientCall.Status>(Guard);
        }

        var lines = 0;
        while (_warned.HasMessages)
        {
            _warned.ExpectMsg<Warning>(Guard);
            lines++;
        }

        Assert.InRange(lines, 1, 20);
    }

    [Fact]
    public async Task Writer_that_connects_as_a_node_is_refused()
    {
        var writer = await Connect(Writer);

        await Assert.ThrowsAnyAsync<IOException>(() => Greet(writer, ConnectionKind.Node));
    }

    [Fact]
    public async Task Clients_in_all_places_keep_no_node_out()
    {
        var listener = Listen(new ConnectionListener(_context, _ => new NoConnection(), maxConnections: 1));
        await Greet(await Connect(Writer, listener), ConnectionKind.Client);
        var second = await Connect(Writer, listener);
        await Assert.ThrowsAnyAsync<IOException>(() => Greet(second, ConnectionKind.Client));
        Assert.Contains("1 connections are open", $"{_warned.ExpectMsg<Warning>(Guard).Message}");

        var node = await Greet(await Connect(Peer, listener), ConnectionKind.Node);
        Send(node, Engine, OfNode, $"{Far}{Engine}");

        _engine.ExpectMsg<AppendReply>(Guard);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Strangers_in_all_places_keep_no_named_node_out_though_they_say_that_they_are_nodes(bool areNodes)
    {
        var listener = Listen(new ConnectionListener(Open(named: At(Far, 1)), _ => new NoConnection(), maxConnections: 1));
        await Greet(await Connect(listener), areNodes ? ConnectionKind.Node : ConnectionKind.Client);

        await Greet(await Connect(listener), ConnectionKind.Node, At(Far, 1));
    }

    [Fact]
    public async Task Client_of_another_owner_gets_the_place_that_is_unused_for_longest()
    {
        var listener = Listen(new ConnectionListener(_context, _ => new NoConnection(), maxConnections: 2));
        var first = await Greet(await Connect(Writer, listener), ConnectionKind.Client);
        var second = await Greet(await Connect(Writer, listener), ConnectionKind.Client);

        var @operator = await Greet(await Connect(Operator, listener), ConnectionKind.Client);

        Assert.True(HasEnded(first));
        foreach (var open in new[] { second, @operator })
        {
            Send(open, new ClientCall.Status());
            _engine.ExpectMsg<ClientCall.Status>(Guard);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("other.example", false)]
    public async Task Node_connects_only_as_an_address_that_its_certificate_names(string name, bool isTaken)
    {
        var context = Open(named: Far) with { Credentials = _store };
        var listener = Listen(new ConnectionListener(context, _ => new NoConnection()));

        var greeting = Greet(await ConnectAs([name], listener), ConnectionKind.Node);

        if (isTaken)
        {
            await greeting;
        }
        else
        {
            await Assert.ThrowsAnyAsync<IOException>(() => greeting);
            Assert.Contains("its certificate is not for '127.0.0.1'", $"{_warned.ExpectMsg<Warning>(Guard).Message}");
        }
    }

    [Theory]
    [InlineData("127.0.0.1", true, true)]
    [InlineData("127.0.0.1", false, false)]
    [InlineData("other.example", true, false)]
    public async Task Client_on_a_node_may_make_each_call_if_a_group_names_the_node_and_no_longer(string name, bool isNamed, bool isTaken)
    {
        var context = Open(named: isNamed ? Far : Near) with { Credentials = _store };
        var listener = Listen(new ConnectionListener(context, _ => new NoConnection()));

        var greeting = Greet(await ConnectAs([name], listener), ConnectionKind.Client);

        if (isTaken)
        {
            var client = await greeting;
            Send(client, new ClientCall.Backup(default, default, 0, LogIndex.Zero));
            _engine.ExpectMsg<ClientCall.Backup>(Guard);
            listener.OnDeparted(Far);
            Assert.True(HasEnded(client));
        }
        else
        {
            await Assert.ThrowsAnyAsync<IOException>(() => greeting);
            Assert.Contains("has no role here", $"{_warned.ExpectMsg<Warning>(Guard).Message}");
        }
    }

    [Fact]
    public async Task Handshakes_that_are_over_take_no_place_of_those_that_begin()
    {
        var listener = Listen(new ConnectionListener(Open(named: Far), _ => new NoConnection()));
        var first = await Greet(await Connect(listener), ConnectionKind.Client);
        for (var others = 0; others < 64; others++)
        {
            await Greet(await Connect(listener), ConnectionKind.Client);
        }

        Send(first, new ClientCall.Status());

        _engine.ExpectMsg<ClientCall.Status>(Guard);
    }

    [Fact]
    public async Task Client_at_the_address_of_a_named_node_has_no_place_of_its_own()
    {
        var listener = Listen(new ConnectionListener(Open(named: Far), _ => new NoConnection(), maxConnections: 1));
        await Greet(await Connect(listener), ConnectionKind.Client, At(Far, 1));
        var second = await Connect(listener);

        await Assert.ThrowsAnyAsync<IOException>(() => Greet(second, ConnectionKind.Client));
    }

    [Fact]
    public async Task Registry_hears_of_a_node_by_its_own_connection_only_and_of_the_end_of_that_one()
    {
        var listener = Listen(new ConnectionListener(Open(named: Far) with { Resolve = At }, _ => new NoConnection()));
        var node = await Greet(await Connect(listener), ConnectionKind.Node);

        WireMessage.Presence presence = new([], [], IsComplete: true);
        Send(node, InboundNodeConnection.RegistryPath, presence, $"{At(Far, 1)}{InboundNodeConnection.RegistryPath}");

        Assert.True(HasEnded(node));
        Assert.Contains("which is on another node", $"{_warned.ExpectMsg<Warning>(Guard).Message}");
        FishForMessage<ConnectionNews.Ended>(ended => ended.Address.Equals(Far), Guard);
    }

    // The later one may be a renewal that has failed. By the former one, the node would not tell again which processes it has.
    [Fact]
    public async Task Connection_of_a_node_ends_with_the_one_that_has_taken_its_place()
    {
        var listener = Listen(new ConnectionListener(Open(named: Far), _ => new NoConnection()));
        var former = await Greet(await Connect(listener), ConnectionKind.Node);
        var latest = await Greet(await Connect(listener), ConnectionKind.Node);

        await latest.DisposeAsync();

        Assert.True(HasEnded(former));

        // News that the former one brought after the end of the latest are no more true either.
        long[] ended = [ReadEnded(), ReadEnded()];
        Assert.Equal([1, 2], ended.Order());
        long ReadEnded() => FishForMessage<ConnectionNews.Ended>(_ => true, Guard).Connection;
    }

    [Fact]
    public async Task Client_that_sends_a_message_of_nodes_loses_its_connection()
    {
        var writer = await Greet(await Connect(Writer), ConnectionKind.Client);

        Send(writer, Engine, OfNode, $"{Far}{Engine}");

        Assert.True(HasEnded(writer));
        _engine.ExpectNoMsg(TimeSpan.Zero);
        Assert.Contains("Closed a raft connection from", $"{_warned.ExpectMsg<Warning>(Guard).Message}");
    }

    [Fact]
    public async Task Node_that_is_refused_keeps_its_connection_for_its_other_processes()
    {
        var node = await Greet(await Connect(Peer), ConnectionKind.Node);

        for (var number = 0; number < 200; number++)
        {
            Send(node, Engine, OfNode, $"{At(Far, 1)}{Engine}");
        }

        Send(node, Engine, OfNode, $"{Far}{Engine}");
        _engine.ExpectMsg<AppendReply>(Guard);
    }

    [Fact]
    public async Task Former_connection_of_a_node_is_read_to_its_end_and_the_later_one_meanwhile()
    {
        var listener = Listen(new ConnectionListener(_context, _ => new NoConnection()));
        var former = await Greet(await Connect(Peer, listener), ConnectionKind.Node);
        var later = await Greet(await Connect(Peer, listener), ConnectionKind.Node);

        Send(later, Engine, new GetReply(OfNode.Request, Pair: null), $"{Far}{Engine}");
        _engine.ExpectMsg<GetReply>(Guard);
        for (var i = 0; i < 100; i++)
        {
            Send(former, Engine, OfNode, $"{Far}{Engine}");
        }

        await former.ShutdownAsync();
        former.Close();
        for (var i = 0; i < 100; i++)
        {
            _engine.ExpectMsg<AppendReply>(Guard);
        }

        Send(later, Engine, new GetReply(OfNode.Request, Pair: null), $"{Far}{Engine}");
        _engine.ExpectMsg<GetReply>(Guard);
        Assert.False(HasMessages, "The registry was told that the node has gone.");
    }

    [Fact]
    public async Task Later_connection_of_a_node_is_answered_only_when_the_end_of_the_former_one_is_no_hint_any_more()
    {
        var answered = new TaskCompletionSource();
        var isEarly = false;
        var places = 0;
        var listener = Listen(new ConnectionListener(_context, _ =>
        {
            // The listener makes the place of the connection now.
            isEarly |= ++places == 2 && answered.Task.Wait(TimeSpan.FromMilliseconds(500));
            return new NoConnection();
        }));
        var former = await Greet(await Connect(Peer, listener), ConnectionKind.Node);
        var connected = await Connect(Peer, listener);

        await Greet(connected, ConnectionKind.Node);
        answered.SetResult();

        // Without a farewell, which fails if the listener has closed the connection before.
        former.Close();
        Send(connected, Engine, OfNode, $"{Far}{Engine}");

        _engine.ExpectMsg<AppendReply>(Guard);
        Assert.False(isEarly, "The listener answered before the connection had a place.");
        Assert.False(HasMessages, "The registry was told that the node has gone.");
    }

    /// <summary>A node that connects again and again must not fill this one.</summary>
    [Fact]
    public async Task Third_connection_of_a_node_ends_the_first_one()
    {
        var listener = Listen(new ConnectionListener(_context, _ => new NoConnection()));
        var first = await Greet(await Connect(Peer, listener), ConnectionKind.Node);
        var second = await Greet(await Connect(Peer, listener), ConnectionKind.Node);
        var third = await Greet(await Connect(Peer, listener), ConnectionKind.Node);

        Assert.True(HasEnded(first));
        Send(second, Engine, OfNode, $"{Far}{Engine}");
        _engine.ExpectMsg<AppendReply>(Guard);
        Send(third, Engine, OfNode, $"{Far}{Engine}");
        _engine.ExpectMsg<AppendReply>(Guard);
    }

    protected override void AfterAll()
    {
        _open.ForEach(each => each.Dispose());
        _store.Dispose();
        _folder.Dispose();
        base.AfterAll();
    }

    private ConnectionListener Listen(ConnectionListener listener)
    {
        _open.Add(listener);
        _store.Changed += listener.Recheck;
        return listener;
    }

    // Each node has a file of its own with the CA that it trusts.
    private SecuritySettings SettingsOf(string node)
    {
        File.Copy(_ca.Ca, CaOf(node));
        var files = new TlsFiles(_ca.Issue(node, [Peer, "127.0.0.1"]), Key: "", Password: "", CaOf(node), Pins: []);
        return new SecuritySettings(files, TimeSpan.FromMilliseconds(50), Roles);
    }

    private string CaOf(string node) => _folder[$"{node}.ca"];

    private void ExchangeCa(string node)
    {
        var next = new TestCertificates(_folder.Path, "next");
        File.Move(next.Ca, CaOf(node), overwrite: true);
    }

    private Task<SslStream> Connect(string name, ConnectionListener? listener = null) => ConnectAs([name, "127.0.0.1"], listener);

    // Shows a certificate with these names, and says no more.
    private async Task<SslStream> ConnectAs(string[] names, ConnectionListener? listener)
    {
        var files = new TlsFiles(_ca.Issue($"peer-{names[0]}", names), Key: "", Password: "", _ca.Ca, Pins: []);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Guard.TotalMilliseconds };
        await socket.ConnectAsync(IPAddress.Loopback, (listener ?? _listener).Port);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        _open.Add(tls);
        await CredentialFiles.Read(files, Roles).AuthenticateAsClientAsync(tls, "127.0.0.1", CancellationToken.None);
        return tls;
    }

    // Without credentials.
    private NetworkContext Open(Address named) => _context with { Credentials = null, IsNamed = named.Equals };

    private async Task<NetworkStream> Connect(ConnectionListener listener)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Guard.TotalMilliseconds };
        await socket.ConnectAsync(IPAddress.Loopback, listener.Port);
        var stream = new NetworkStream(socket, ownsSocket: true);
        _open.Add(stream);
        return stream;
    }

    private static async Task<T> Greet<T>(T stream, ConnectionKind kind, Address? from = null, FormatRange? formats = null)
        where T : Stream
    {
        var handshake = new Handshake($"{from ?? Far}", 1, kind) { Formats = formats ?? FormatRange.Own };
        await stream.WriteAsync(handshake.ToBytes());
        await stream.ReadExactlyAsync(new byte[Handshake.AnswerSize]);
        return stream;
    }

    // Each frame is the first one of its writer, so its paths are written in full.
    private void Send(Stream stream, string to, WireMessage message, string from)
    {
        var writer = new FrameWriter(Far, SizeMax);
        Assert.True(writer.TryWrite(At($"{Near}{to}"), message, At(from)));
        var bytes = writer.Take([]);

        // The flag after the length: the reader forgets the paths before.
        bytes[sizeof(int)] = 1;
        stream.Write(bytes);
    }

    private void Send(Stream stream, ClientCall call)
    {
        CallFrames frames = new(SizeMax, _context.Outcomes);
        Assert.True(frames.TryWrite(1, Target, call));
        stream.Write(frames.Take([]));
    }

    private static Address At(Address address, int port) => new(address.Protocol, address.System, address.Host, port);

    private ConnectionRef At(string path) => new(ActorPath.Parse(path), null!, _context); // Justification: only its path is used.

    private static bool HasEnded(Stream stream)
    {
        try
        {
            return stream.Read(new byte[1]) == 0;
        }
        catch (IOException e)
        {
            return e.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock };
        }
    }

    private sealed class Inbox(IActorRef engine) : ICallInbox
    {
        public Backlog Untaken { get; } = Backlog.OfCalls();

        public void Add(ClientCall call, ICanTell caller) => engine.Tell(call, ActorRefs.NoSender);

        public void Announce()
        {
        }
    }

    private sealed class Caller(TestProbe probe) : ICaller
    {
        public TestProbe Probe => probe;

        public RequestRef Request => default;

        public void Tell(object message, IActorRef sender) => probe.Ref.Tell(message, sender);
    }
}
