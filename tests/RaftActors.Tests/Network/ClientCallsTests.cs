using System.Buffers.Binary;

using RaftActors.Tests.Clients;

namespace RaftActors.Tests.Network;

/// <summary>The calls that a node reads from the connection of a client. The test is the client, and plays the process.</summary>
public sealed class ClientCallsTests : TestKit
{
    private const int SizeMax = 100_000;

    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "demo", "127.0.0.1", 2552);

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly List<IDisposable> _open = [];
    private readonly ScriptedProcess _engine = new();
    private readonly NetworkContext _context;
    private readonly TestProbe _warned;

    public ClientCallsTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }").WithFallback(RemoteNode.Network))
    {
        Raft.Get(Sys);
        _warned = CreateTestProbe();
        Sys.EventStream.Subscribe(_warned, typeof(Warning));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        var settings = new TransportSettings("127.0.0.1", 0, SizeMax, SizeMax * 4);
        _context = Unprotected.ContextOf(this, Near, settings, _ => Nobody.Instance);
        _context.Calls.Add(Samples.Target, _engine);
    }

    // The callers and ways that a call is allowed by: a client with a role, a client of a node without raft.security, and a
    // node that passes on the call of a client. A star: also if it appends a value of RaftOptions.IsOfOperators.
    private static readonly string[] Rights =
    [
        "Locate: Reader, Writer, Operator, plain",
        "Append: Writer, Operator*, plain*, passed on",
        "Query: Reader, Writer, Operator, plain",
        "Read: Reader, Writer, Operator, plain",
        "Change: Operator, plain, passed on",
        "Explain: Reader, Writer, Operator, plain",
        "Status: Reader, Writer, Operator, plain",
        "Describe: Reader, Writer, Operator, plain",
        "ListProcesses: Reader, Writer, Operator, plain",
        "TakeSnapshot: Operator, plain",
        "Backup: Operator, plain",
        "Events: Reader, Writer, Operator, plain",
        "Close: Writer, Operator, plain, passed on",
        "Ping: Reader, Writer, Operator, plain",
    ];

    [Fact]
    public void Each_call_has_its_rights_by_each_way()
    {
        Assert.Equal(
            typeof(ClientCall).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(ClientCall))).ToHashSet(),
            Samples.Calls.Select(call => call.GetType()).ToHashSet());

        Assert.Equal(Rights, Samples.Calls.Select(call => $"{call.GetType().Name}: {string.Join(", ", WaysOf(call))}"));
    }

    private IEnumerable<string> WaysOf(ClientCall call)
    {
        foreach (var role in (ConnectionRole?[])[ConnectionRole.Reader, ConnectionRole.Writer, ConnectionRole.Operator, null])
        {
            var (client, _) = role is { } given ? Connect(given) : Connect(identity: null);
            Send(client, Samples.Target, call, number: 1);
            Send(client, Samples.Target, new ClientCall.Explain(), number: 2);
            if (IsTaken(call, typeof(ClientCall.Explain), () => ReadReply(client).Reply, $"it has the role {role}") is { } star)
            {
                yield return $"{role?.ToString() ?? "plain"}{star}";
            }
        }

        Take(call, 1);
        Take(Samples.Calls.First(each => each is ClientCall.Append), 2);
        if (IsTaken(call, typeof(ClientCall.Append), ReplyToNode, "A node passes on only Appends") is { } ofNode)
        {
            yield return $"passed on{ofNode}";
        }
    }

    // The process gets the call and then the next one. Or it gets the next one alone, and the caller a refusal.
    private string? IsTaken(ClientCall call, Type next, Func<object> reply, string refusal)
    {
        var taken = _engine.Expect<ClientCall>();
        var caller = (WaitingCaller)_engine.LastCaller;
        if (caller is RemoteCaller { Number: 1 } or PeerCaller { Number: 1 })
        {
            Assert.Equal(Fields.Of(call), Fields.Of(taken));
            Assert.IsType(next, _engine.Expect<ClientCall>());
            return call is ClientCall.Append && caller.MayOperate ? "*" : "";
        }

        var refused = reply();
        Assert.IsType(call is ClientCall.Append ? typeof(Outcome<object?>) : typeof(ClientReply.Failed), refused);
        Assert.Contains(refusal, $"{refused}", StringComparison.OrdinalIgnoreCase);
        return null;
    }

    private void Take(ClientCall call, long number)
    {
        ByteWriter writer = new();
        CallFormat.WriteCall(writer, number, Samples.Target, call);
        _context.Calls.Take(new WireMessage.Call(writer.ToArray()), TestActor, writer.Level, new CallFormat.LatestTarget(), _context);
    }

    private object ReplyToNode()
    {
        var reader = ByteReader.OfKept(ExpectMsg<WireMessage.Reply>(Guard).Frame);
        CallFormat.ReadHead(ref reader);
        return _context.Outcomes.ReadReply(ref reader, default);
    }

    [Fact]
    public void Replies_come_with_the_numbers_of_their_calls_in_any_order()
    {
        var (client, _) = Connect();
        Send(client, Samples.Target, new ClientCall.Explain(), number: 70_000);
        Send(client, Samples.Target, new ClientCall.Status(), number: 4);
        _engine.Expect<ClientCall.Explain>();
        var first = _engine.LastCaller;
        _engine.Expect<ClientCall.Status>();

        _engine.Reply(new ClientReply.Declined("not now"));
        first.Tell(new Outcome<string> { Result = "it leads" }, ActorRefs.NoSender);

        Assert.Equal((4, new ClientReply.Declined("not now")), ReadReply(client));
        Assert.Equal((70_000, new Outcome<string> { Result = "it leads" }), ReadReply(client));
    }

    [Fact]
    public void Repeat_of_a_call_has_an_equal_caller_and_another_call_or_connection_has_another_one()
    {
        var ((client, _), (other, _)) = (Connect(ConnectionRole.Operator), Connect(ConnectionRole.Operator));
        ICanTell CallerOf(Socket from, long number)
        {
            Send(from, Samples.Target, new ClientCall.TakeSnapshot(Guard), number);
            _engine.Expect<ClientCall.TakeSnapshot>();
            return _engine.LastCaller;
        }

        var first = CallerOf(client, 1);

        Assert.Equal(first, CallerOf(client, 1));
        Assert.NotEqual(first, CallerOf(client, 2));
        Assert.NotEqual(first, CallerOf(other, 1));
    }

    [Fact]
    public void Call_for_a_process_that_does_not_run_here_is_declined()
    {
        var (client, _) = Connect();

        Send(client, Samples.Target with { Group = "bills" }, new ClientCall.Status(), number: 8);

        var (number, reply) = ReadReply(client);
        Assert.Equal(8, number);
        Assert.Equal(new ClientReply.Declined($"No process {Samples.Target.Process} of group 'bills' runs on this node."), reply);
    }

    // Many connections feed one engine.
    [Theory]
    [InlineData(Backlog.CallsMax, 1)]
    [InlineData(1, (int)Backlog.CallsSizeMaxBytes)]
    public void Call_above_the_bound_of_the_inbox_is_declined_and_an_append_fails(int calls, int sizeBytes)
    {
        Assert.All(Enumerable.Range(0, calls), _ => Assert.True(_engine.Untaken.TryAdd(sizeBytes)));
        var (client, _) = Connect(ConnectionRole.Writer);

        Send(client, Samples.Target, new ClientCall.Status());
        Assert.Contains("too many calls that wait", Assert.IsType<ClientReply.Declined>(ReadReply(client).Reply).Why);
        Send(client, Samples.Target, Samples.Calls.OfType<ClientCall.Append>().First());
        Assert.Equal(FailureReason.Busy, Assert.IsAssignableFrom<IOutcome>(ReadReply(client).Reply).Failure?.Reason);

        _engine.Untaken.OnTaken(sizeBytes);
        Send(client, Samples.Target, new ClientCall.Status());
        _engine.Expect<ClientCall.Status>();
    }

    [Fact]
    public async Task Calls_that_no_engine_takes_stop_the_reading_of_their_connection()
    {
        const int Calls = 5 * CallWindow.Max;
        FiredClock clock = new();
        var client = Connect(clock);
        CallFrames frames = new(SizeMax, _context.Outcomes);
        for (var call = 0; call < Calls; call++)
        {
            Assert.True(frames.TryWrite(call, Samples.Target, new ClientCall.Status()));
        }

        var sending = client.SendAsync(frames.Take([]));
        Assert.True(await clock.BegunAsync(Guard));
        Assert.Equal(CallWindow.Max, _engine.Callers.Count);

        // The engine that has taken the first ones takes the others, in their order.
        for (var call = 0; call < Calls; call++)
        {
            _engine.Expect<ClientCall.Status>();
            Assert.Equal(call, Assert.IsType<RemoteCaller>(_engine.LastCaller).Number);
            WaitingCaller.OnTaken(_engine.LastCaller);
        }

        await sending;
    }

    [Fact]
    public async Task Connection_whose_calls_an_engine_does_not_take_is_read_for_others_and_that_engine_gets_no_more()
    {
        FiredClock clock = new();
        ScriptedProcess other = new();
        var otherTarget = Samples.Target with { Group = "bills" };
        _context.Calls.Add(otherTarget, other);
        var client = Connect(clock);
        byte[] call = FrameOf(Samples.Target, new ClientCall.Explain());
        client.Send([.. Enumerable.Repeat(call, CallWindow.Max).SelectMany(each => each)]);
        Assert.True(await clock.BegunAsync(Guard));

        Send(client, Samples.Target, new ClientCall.Status(), number: 2);
        Send(client, otherTarget, new ClientCall.Status(), number: 3);
        clock.Fire();

        other.Expect<ClientCall.Status>();
        Assert.Equal(2, ReadReply(client).Number);
        Assert.Equal(CallWindow.Max, _engine.Untaken.Count);
        _engine.Callers.ToList().ForEach(WaitingCaller.OnTaken);
        Send(client, Samples.Target, new ClientCall.Status());
        _engine.Expect<ClientCall.Status>();
    }

    [Theory]
    [InlineData("unknown level")]
    [InlineData("unknown number")]
    [InlineData("cut")]
    [InlineData("too long")]
    [InlineData("negative length")]
    [InlineData("above the maximum")]
    public async Task Damaged_call_ends_the_connection_and_those_before_it_are_taken(string damage)
    {
        var (client, reading) = Connect();
        var frame = FrameOf(Samples.Target, new ClientCall.Status());
        byte[] damaged = damage switch
        {
            "unknown level" => [.. frame[..4], 100, .. frame[5..]],
            "unknown number" => [.. frame[..^1], 200],
            "cut" => [(byte)(frame.Length - 5), .. frame[1..^1]],
            "too long" => [(byte)(frame.Length - 3), .. frame[1..], 0],
            "negative length" => [0, 0, 0, 0x80, .. frame[4..]],
            _ => [.. BitConverter.GetBytes(SizeMax + 1), .. frame[4..]],
        };

        client.Send([.. frame, .. damaged]);

        await Assert.ThrowsAsync<InvalidDataException>(() => reading.WaitAsync(Guard));
        Assert.IsType<ClientCall.Status>(Assert.Single(_engine.Waiting));
        Assert.Equal(0, client.Receive(new byte[1]));
    }

    [Fact]
    public void Calls_of_one_read_are_announced_once_for_each_run_of_one_process()
    {
        var other = Samples.Target with { Group = "bills" };
        Announced engine = new(), second = new();
        _context.Calls.Add(Samples.Target, engine);
        _context.Calls.Add(other, second);
        var (client, _) = Connect();
        byte[] calls = [.. FrameOf(Samples.Target, new ClientCall.Status()), .. FrameOf(Samples.Target, new ClientCall.Status())];

        client.Send([.. calls, .. FrameOf(other, new ClientCall.Status()), .. calls]);

        AwaitAssert(() => Assert.Equal((4, 2, 1, 1), (engine.Added, engine.Announcements, second.Added, second.Announcements)), Guard);
    }

    [Fact]
    public void Call_whose_reply_cannot_be_sent_fails_with_the_reason_and_the_next_reply_is_sent()
    {
        var (client, _) = Connect();
        Send(client, Samples.Target, new ClientCall.Status());
        _engine.Expect<ClientCall.Status>();

        _engine.Reply(new ClientReply.Pairs([new StoredPair(new Serial(1), "key", new byte[SizeMax], default)], default));
        _engine.Reply(new ClientReply.Declined("half of \ud83d"));
        _engine.Reply(new ClientReply.Declined("not now"));

        Assert.Equal(new ClientReply.Failed(OutcomeFormat.Unsent), ReadReply(client).Reply);
        Assert.Equal(new ClientReply.Failed(OutcomeFormat.Unsent), ReadReply(client).Reply);
        Assert.Equal(new ClientReply.Declined("not now"), ReadReply(client).Reply);
        Assert.Contains("does not fit into a frame", $"{_warned.ExpectMsg<Warning>(Guard).Message}");
    }

    // Otherwise the caller would send its call again and again, and never hear that its pair is committed.
    [Fact]
    public void Result_that_is_too_large_of_an_append_or_a_query_is_left_out()
    {
        var (client, _) = Connect();
        Send(client, Samples.Target, new ClientCall.Status());
        _engine.Expect<ClientCall.Status>();

        _engine.Reply(new Outcome<byte[]> { Serial = new Serial(7), Result = new byte[SizeMax] });
        _engine.Reply(new Outcome<object?> { Serial = new Serial(7), Result = new byte[SizeMax], Request = default });

        Assert.Equal(new Outcome<object?> { Serial = new Serial(7) }, ReadReply(client).Reply);
        Assert.Equal(new Outcome<object?> { Serial = new Serial(7) }, ReadReply(client).Reply);
    }

    [Fact]
    public void Replies_of_one_turn_are_sent_at_its_end()
    {
        var (client, _) = Connect();
        Send(client, Samples.Target, new ClientCall.Status());
        _engine.Expect<ClientCall.Status>();

        SendTurn.Begin();
        SendTurn.Begin();
        _engine.Reply(new ClientReply.Declined("one"));
        _engine.Reply(new ClientReply.Declined("two"));
        SendTurn.End();
        Assert.Equal(0, client.Available);
        SendTurn.End();

        Assert.Equal(new ClientReply.Declined("one"), ReadReply(client).Reply);
        Assert.Equal(new ClientReply.Declined("two"), ReadReply(client).Reply);
    }

    [Fact]
    public async Task Reply_to_a_client_that_has_gone_is_dropped()
    {
        var (client, reading) = Connect();
        Send(client, Samples.Target, new ClientCall.Status());
        _engine.Expect<ClientCall.Status>();
        client.Dispose();
        await reading.WaitAsync(Guard);

        _engine.Reply(new ClientReply.Declined("not now"));

        Assert.False(_warned.HasMessages);
    }

    protected override void AfterAll()
    {
        _open.ForEach(each => each.Dispose());
        _listener.Dispose();
        base.AfterAll();
    }

    private (Socket Client, Task Reading) Connect(ConnectionRole role = ConnectionRole.Reader) =>
        Connect(new PeerIdentity("billing", ["billing"], role));

    private Socket Connect(TimeProvider clock)
    {
        Machine.Use(new ClockMachine(clock));
        var (client, _) = Connect();
        Machine.Use(null);
        return client;
    }

    private (Socket Client, Task Reading) Connect(PeerIdentity? identity)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)Guard.TotalMilliseconds,
        };
        client.Connect(_listener.LocalEndPoint!); // Justification: it is bound.
        var role = identity?.Role ?? ConnectionRole.Operator;
        SocketChannel channel = new(_listener.Accept());
        InboundCallConnection connection = new(channel, _context, new HandshakeResult(Far, identity, role));
        _open.AddRange([connection, client]);
        return (client, connection.RunToEndAsync());
    }

    private byte[] FrameOf(CallTarget target, ClientCall call, long number = 1)
    {
        CallFrames frames = new(SizeMax, _context.Outcomes);
        Assert.True(frames.TryWrite(number, target, call));
        return [.. frames.Take([])];
    }

    private void Send(Socket client, CallTarget target, ClientCall call, long number = 1) => client.Send(FrameOf(target, call, number));

    private (long Number, object Reply) ReadReply(Socket client)
    {
        var frame = Receive(client, BinaryPrimitives.ReadInt32LittleEndian(Receive(client, sizeof(int))));
        var reader = ByteReader.OfKept(frame);
        var number = CallFormat.ReadHead(ref reader);
        var reply = _context.Outcomes.ReadReply(ref reader, default);
        reader.End();
        return (number, reply);
    }

    private static byte[] Receive(Socket client, int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = client.Receive(bytes.AsSpan(received));
            Assert.NotEqual(0, more);
            received += more;
        }

        return bytes;
    }

    private sealed class Announced : ICallInbox
    {
        public Backlog Untaken { get; } = Backlog.OfCalls();

        private int _added;
        private int _announcements;

        public int Added => Volatile.Read(ref _added);

        public int Announcements => Volatile.Read(ref _announcements);

        public void Add(ClientCall call, ICanTell caller) => Interlocked.Increment(ref _added);

        public void Announce() => Interlocked.Increment(ref _announcements);
    }
}
