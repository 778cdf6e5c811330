namespace RaftActors.Tests.Network;

/// <summary>One encrypted connection and the listener of the other node.</summary>
[Trait("Needs", "TLS")]
public sealed class NodeConnectionTests : TestKit
{
    private const string Engine = "/system/raft/g/p";

    // Where the reader of a connection waits.
    private const string Held = "/system/raft/g/held";

    private const int SizeMax = 100_000_000;

    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "demo", "127.0.0.1", 2552);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _ca;
    private readonly TestProbe _engine;
    private readonly TestProbe _logged;
    private readonly SemaphoreSlim _isHeld = new(0);
    private readonly SemaphoreSlim _held = new(0);
    private readonly Dictionary<string, ConnectionRef> _refs = [];
    private readonly CredentialStore _nearStore;
    private readonly CredentialStore _farStore;
    private readonly ConnectionListener _listener;
    private readonly NetworkContext _far;
    private readonly Address _address;

    public NodeConnectionTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = INFO, loggers = [] }").WithFallback(RemoteNode.Network))
    {
        (_engine, _logged) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(_logged, typeof(Info));
        _ca = new TestCertificates(_folder.Path);
        (_nearStore, _farStore) = (NewStore("near"), NewStore("far"));
        _listener = new ConnectionListener(NewContext(Near, _nearStore), _ => new NoConnection());
        _far = NewContext(Far, _farStore);
        _address = new Address(Near.Protocol, Near.System, Near.Host, _listener.Port);
    }

    [Fact]
    public void Messages_that_are_written_while_the_credentials_change_arrive_once_and_in_order()
    {
        var connection = Connect();
        var (written, read) = (0L, 0L);
        for (var change = 0; change < 5; change++)
        {
            _ca.Issue("far", ["127.0.0.1"]);
            Write(connection, Held, ++written);
            Renew(connection, number: change + 2);
            for (var last = written + 1000; written < last;)
            {
                Write(connection, Engine, ++written);
            }

            _held.Release();
            while (read < written)
            {
                foreach (var message in Unprotected.MessagesOf(_engine.ReceiveOne(Guard)))
                {
                    Assert.Equal(++read, Assert.IsType<GetReply>(message).Request.Number);
                }
            }

            _logged.FishForMessage<Info>(IsRenewed, Guard);
        }

        Assert.Equal(0, connection.Losses);
        connection.Forget();
    }

    // Otherwise the messages by the next connection would follow those that were lost.
    [Fact]
    public void Former_connection_that_is_lost_before_it_is_read_to_its_end_takes_the_next_one_with_it()
    {
        var connection = Connect();
        var next = IssueByNextCa();
        for (var unread = 0; unread < 10_000; unread++)
        {
            Write(connection, Held, unread);
        }

        Renew(connection, number: 2);
        Write(connection, Engine, 10_000);

        TrustOnly(next);

        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Disconnected, Guard);
        Assert.Equal(1, connection.Losses);
        Assert.False(_engine.HasMessages);
    }

    // If its reader is at work, and all that has arrived is read, it ends as one that was read to its end.
    [Fact]
    public async Task Former_connection_that_is_closed_while_its_bytes_are_under_way_takes_the_next_one_with_it()
    {
        using Relay relay = new(_listener.Port);
        var connection = Connect(new Address(Near.Protocol, Near.System, Near.Host, relay.Port));
        var next = IssueByNextCa();
        Write(connection, Held, 1);
        Assert.True(await _isHeld.WaitAsync(Guard));
        relay.Hold();
        Write(connection, Engine, 2);
        Renew(connection, number: 2);
        await relay.Finished.WaitAsync(Guard);
        Write(connection, Engine, 3);

        TrustOnly(next);

        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Disconnected, Guard);
        Assert.Equal(1, connection.Losses);
        Assert.False(_engine.HasMessages);
    }

    [Fact]
    public void Node_that_is_trusted_no_more_loses_its_connections_also_while_the_former_one_is_read()
    {
        var connection = Connect();
        _ca.Issue("far", ["127.0.0.1"]);
        Write(connection, Held, 1);
        Renew(connection, number: 2);

        File.Copy(new TestCertificates(_folder.Path, "next").Ca, _ca.Ca, overwrite: true);
        _farStore.Refresh();
        connection.Recheck();

        Assert.Equal(1, connection.Losses);
        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Disconnected, Guard);
    }

    [Fact]
    public void Connection_with_changed_credentials_begins_with_the_list_of_processes()
    {
        var connection = Connect();
        LocalProcess process = new("default", new ProcessName("raft1@127.0.0.1"), $"{Far}/system/raft/default/raft1#5");
        WireMessage.Presence change = new([process], [], IsComplete: true);
        _far.Processes.Change(change);
        connection.Tell(change);
        var first = FishForMessage<ConnectionNews.Told>(told => told.Presence.Running.Length > 0, Guard);

        _ca.Issue("far", ["127.0.0.1"]);
        var second = Renew(connection, number: first.Connection + 1);

        Assert.Equal(process, Assert.Single(second.Presence.Running));
        connection.Forget();
    }

    // The list at the beginning of the next connection may be made before the change.
    [Fact]
    public void Change_while_the_credentials_change_reaches_the_next_connection()
    {
        var connection = Connect();
        LocalProcess process = new("default", new ProcessName("raft1@127.0.0.1"), $"{Far}/system/raft/default/raft1#5");
        _ca.Issue("far", ["127.0.0.1"]);
        _farStore.Refresh();

        connection.Renew();
        connection.Tell(new([process], [], IsComplete: true));

        FishForMessage<ConnectionNews.Told>(told => told.Connection > 1 && told.Presence.Running.Length > 0, Guard);
        connection.Forget();
    }

    [Fact]
    public async Task Renewal_that_failed_is_tried_again_later()
    {
        FiredClock clock = new();
        Machine.Use(new ClockMachine(clock));
        var connection = Connect();
        Machine.Use(null);
        new TestCertificates(_folder.Path, "next").Issue("far", ["127.0.0.1"]);
        _farStore.Refresh();
        connection.Renew();
        Assert.True(await clock.BegunAsync(Guard));
        _ca.Issue("far", ["127.0.0.1"]);
        _farStore.Refresh();

        clock.Fire();

        FishForMessage<ConnectionNews.Told>(told => told.Connection > 1, Guard);
        connection.Forget();
    }

    // Two connections to one node would end each other for ever.
    [Fact]
    public void Route_is_not_forgotten_while_it_has_a_connection_and_a_forgotten_one_makes_none()
    {
        var connection = Connect();
        Assert.False(connection.TryRetire());

        connection.Forget();
        Assert.True(connection.TryRetire());
        connection.Connect();

        Assert.True(connection.TryRetire());
    }

    [Fact]
    public void Loss_of_the_connection_is_counted()
    {
        var connection = new NodeConnection(_address, _far);
        Assert.True(connection.TakesMessages);
        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Opened, Guard);
        Assert.Equal(0, connection.Losses);

        _listener.Dispose();
        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Disconnected, Guard);

        Assert.Equal(1, connection.Losses);
    }

    protected override void AfterAll()
    {
        _held.Release();
        _listener.Dispose();
        _nearStore.Dispose();
        _farStore.Dispose();
        _folder.Dispose();
        base.AfterAll();
    }

    private IActorRef Resolve(string path)
    {
        if (path.EndsWith(Held, StringComparison.Ordinal))
        {
            _isHeld.Release();
            _held.Wait(Guard);
        }

        return _engine;
    }

    private static bool IsRenewed(Info info) => $"{info.Message}".EndsWith("the changed credentials.", StringComparison.Ordinal);

    private NodeConnection Connect(Address? address = null)
    {
        var connection = new NodeConnection(address ?? _address, _far);
        connection.Connect();
        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Opened, Guard);
        return connection;
    }

    // The certificate that the connecting node has from now on, by a CA that the listener trusts beside the former one.
    private TestCertificates IssueByNextCa()
    {
        TestCertificates next = new(_folder.Path, "next");
        File.AppendAllText(_ca.Ca, File.ReadAllText(next.Ca));
        _nearStore.Refresh();
        next.Issue("far", ["127.0.0.1"]);
        return next;
    }

    private void TrustOnly(TestCertificates ca)
    {
        File.Copy(ca.Ca, _ca.Ca, overwrite: true);
        _nearStore.Refresh();
        _listener.Recheck();
    }

    // Returns when the other node counts the next connection.
    private ConnectionNews.Told Renew(NodeConnection connection, long number)
    {
        _farStore.Refresh();
        connection.Renew();
        return FishForMessage<ConnectionNews.Told>(told => told.Connection == number, Guard);
    }

    private void Write(NodeConnection connection, string engine, long number)
    {
        Member origin = new(new ProcessName("raft1@node1"), Incarnation.None);
        var reply = new GetReply(new RequestId(origin, number), Pair: null);
        connection.Write(At($"{_address}{engine}", connection), reply, At($"{Far}{Engine}", connection));
        connection.Flush();
    }

    private ConnectionRef At(string path, NodeConnection connection) =>
        _refs.TryGetValue(path, out var known) ? known : _refs[path] = new ConnectionRef(ActorPath.Parse(path), connection, _far);

    private CredentialStore NewStore(string side)
    {
        var files = new TlsFiles(_ca.Issue(side, ["127.0.0.1"]), Key: "", Password: "", _ca.Ca, Pins: []);
        return new CredentialStore(
            new SecuritySettings(files, TimeSpan.FromHours(1), new RoleRules(Nodes: ["127.0.0.1"], [], [], [])), Sys.Log);
    }

    private NetworkContext NewContext(Address own, CredentialStore store)
    {
        var settings = new TransportSettings("127.0.0.1", PortOffset: 0, SizeMax, SizeMax);
        return Unprotected.ContextOf(this, own, settings, Resolve) with { Credentials = store };
    }

    /// <summary>The network before the listener. It can hold what the first connection sends.</summary>
    private sealed class Relay : IDisposable
    {
        private readonly Socket _port = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly int _target;
        private readonly ConcurrentBag<Socket> _open = [];
        private readonly TaskCompletionSource _finished = new();
        private volatile bool _holds;

        public Relay(int target)
        {
            _target = target;
            _port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _port.Listen();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_port.LocalEndPoint!).Port; // Justification: it is bound.

        /// <summary>The first connection has sent all, of which the listener gets nothing since <see cref="Hold"/>.</summary>
        public Task Finished => _finished.Task;

        public void Hold() => _holds = true;

        public void Dispose()
        {
            _port.Dispose();
            foreach (var socket in _open)
            {
                socket.Dispose();
            }
        }

        private async Task AcceptAsync()
        {
            for (var isFirst = true; ; isFirst = false)
            {
                var near = await _port.AcceptAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                _open.Add(near);
                _open.Add(far);
                await far.ConnectAsync(IPAddress.Loopback, _target);
                _ = PumpAsync(near, far, isHeld: isFirst);
                _ = PumpAsync(far, near, isHeld: false);
            }
        }

        private async Task PumpAsync(Socket from, Socket to, bool isHeld)
        {
            var bytes = new byte[10_000];
            try
            {
                while (await from.ReceiveAsync(bytes) is var count and > 0)
                {
                    if (!isHeld || !_holds)
                    {
                        await to.SendAsync(bytes.AsMemory(0, count));
                    }
                }

                if (isHeld && _holds)
                {
                    _finished.SetResult();
                }
                else
                {
                    to.Shutdown(SocketShutdown.Send);
                }
            }
            catch (SocketException)
            {
                to.Close(timeout: 0);
            }
        }
    }
}
