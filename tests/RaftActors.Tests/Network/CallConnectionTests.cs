using RaftActors.Tests.Telemetry;

namespace RaftActors.Tests.Network;

/// <summary>The connection of clients to one node. The test is the node.</summary>
public sealed class CallConnectionTests : TestKit
{
    private const int SizeMax = 5000;
    private const int QueueSizeMax = 10_000;

    private readonly string _name = $"calls-{Guid.NewGuid():N}";
    private readonly Address _address;
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly MetricRecorder _metrics;
    private readonly NetworkContext _context;
    private readonly CallConnection _connection;
    private readonly BlockingCollection<object> _news = [];
    private readonly ReceiveBlock _block = new(SizeMax);

    public CallConnectionTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }").WithFallback(RemoteNode.Network))
    {
        Raft.Get(Sys);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _listener.ReceiveTimeout = (int)Guard.TotalMilliseconds;
        _metrics = new MetricRecorder("raft.system", name => name == _name);
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port; // Justification: it is bound.
        _address = new Address("akka.tcp", "demo", "127.0.0.1", port);
        var system = (ExtendedActorSystem)Sys;
        var settings = new TransportSettings("127.0.0.1", 0, SizeMax, QueueSizeMax);
        _context = Unprotected.ContextOf(this, system.Provider.DefaultAddress, settings, _ => Nobody.Instance, _name);
        _connection = new CallConnection(_address, _context, _news.Add);
    }

    [Fact]
    public void Call_connects_as_a_client_and_its_reply_reaches_its_caller()
    {
        Caller first = new(), second = new();
        Assert.True(Send(first, new ClientCall.Explain()));
        using var node = Accept();
        Expect<ConnectionNews.Opened>();
        Assert.True(Send(second, new ClientCall.Status()));
        var (one, two) = (Read(node), Read(node));

        Reply(node, two.Number, new ClientReply.Declined("two"));
        Reply(node, one.Number, new ClientReply.Declined("one"));

        Assert.Equal((typeof(ClientCall.Explain), typeof(ClientCall.Status)), (one.Call.GetType(), two.Call.GetType()));
        Assert.Equal(new ClientReply.Declined("two"), second.Take());
        Assert.Equal(new ClientReply.Declined("one"), first.Take());
    }

    [Fact]
    public void Call_that_is_sent_again_keeps_its_number_until_its_reply_and_other_calls_have_others()
    {
        Caller first = new(), second = new();
        Send(first, new ClientCall.Status());
        using var node = Accept();
        Expect<ConnectionNews.Opened>();
        Send(first, new ClientCall.Status());
        Send(first, new ClientCall.Status());
        Send(second, new ClientCall.Status());
        long[] numbers = [Read(node).Number, Read(node).Number, Read(node).Number, Read(node).Number];

        Assert.Equal([numbers[0], numbers[0]], numbers[1..3]);
        Assert.NotEqual(numbers[0], numbers[3]);

        Reply(node, numbers[0], new ClientReply.Declined("first"));
        Reply(node, numbers[0], new ClientReply.Declined("second"));
        Reply(node, 12_345, new ClientReply.Declined("of no call"));
        Reply(node, numbers[3], new ClientReply.Declined("third"));
        Assert.Equal(new ClientReply.Declined("first"), first.Take());
        Assert.Equal(new ClientReply.Declined("third"), second.Take());
        Assert.Empty(first.Told);
    }

    [Fact]
    public void Caller_that_waits_no_more_gets_no_reply()
    {
        Caller first = new(), second = new();
        Send(first, new ClientCall.Status());
        Send(second, new ClientCall.Status());
        using var node = Accept();
        var numbers = new[] { Read(node).Number, Read(node).Number };

        _connection.Forget(first);
        Reply(node, numbers[0], new ClientReply.Declined("one"));
        Reply(node, numbers[1], new ClientReply.Declined("two"));

        Assert.Equal(new ClientReply.Declined("two"), second.Take());
        Assert.Empty(first.Told);
    }

    [Fact]
    public void Connection_that_is_lost_tells_the_open_calls_that_they_were_sent_and_the_next_call_connects_again()
    {
        Caller caller = new();
        Send(caller, new ClientCall.Status());
        using (var node = Accept())
        {
            Read(node);
        }

        Assert.Equal(new ClientReply.Lost(_address, WasSent: true), caller.Take());

        AwaitAssert(() => Assert.True(Send(caller, new ClientCall.Status())), Guard);
        using var again = Accept();
        Assert.IsType<ClientCall.Status>(Read(again).Call);
    }

    // A session whose Appends are lost holds back the later ones as soon as it is told.
    [Fact]
    public void Call_does_not_overtake_the_lost_ones_whose_callers_are_not_told_yet()
    {
        CallSending? early = null;
        Caller first = new() { OnTold = () => early = TrySend(new Caller(), new ClientCall.Status()) }, second = new();
        Send(first, new ClientCall.Status());
        Send(second, new ClientCall.Status());
        using (var node = Accept())
        {
            Read(node);
            Read(node);
        }

        second.Take();

        Assert.Equal(CallSending.Full, early);
    }

    [Fact]
    public void Node_that_cannot_be_reached_tells_the_call_that_it_was_not_sent_and_takes_none_until_the_pause_is_over()
    {
        _listener.Dispose();
        Caller caller = new();
        Assert.True(Send(caller, new ClientCall.Status()));

        Assert.Equal(new ClientReply.Lost(_address, WasSent: false), caller.Take());
        Assert.Contains("connection refused", Expect<ConnectionNews.Refused>().Why);
        Assert.Contains($"127.0.0.1:{_address.Port}: connection refused", _connection.Problem);

        // On a busy machine a pause may be over, and a call begins the next attempt. The pauses grow.
        AwaitCondition(() => TrySend(new Caller(), new ClientCall.Status()) == CallSending.Unreachable, Guard);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_reply_fails_its_call_and_one_without_a_head_ends_the_connection(bool hasHead)
    {
        Caller caller = new(), other = new();
        Send(caller, new ClientCall.Status());
        using var node = Accept();
        var number = Read(node).Number;

        node.Send(hasHead ? [3, 0, 0, 0, 1, (byte)number, 200] : [1, 0, 0, 0, 100]);

        if (hasHead)
        {
            Assert.IsType<InvalidDataException>(Assert.IsType<Status.Failure>(caller.Take()).Cause);
            Send(other, new ClientCall.Status());
            Reply(node, Read(node).Number, new ClientReply.Declined("later"));
            Assert.Equal(new ClientReply.Declined("later"), other.Take());
        }
        else
        {
            Assert.Equal(new ClientReply.Lost(_address, WasSent: true), caller.Take());
        }
    }

    [Fact]
    public void Calls_that_the_node_does_not_read_are_not_taken_above_the_limit_and_counted()
    {
        Send(new Caller(), Large());
        using var node = Accept();
        Expect<ConnectionNews.Opened>();

        var sending = CallSending.Sent;
        for (var call = 0; call < 10_000 && sending == CallSending.Sent; call++)
        {
            sending = TrySend(new Caller(), Large());
        }

        Assert.Equal(CallSending.Full, sending);
        Assert.Equal(1, _metrics.Of("raft.transport.dropped").Sum(each => each.Value));
    }

    [Fact]
    public void Call_above_the_size_of_a_frame_fails_with_a_warning_and_the_next_one_is_sent()
    {
        Caller caller = new();
        Send(new Caller(), new ClientCall.Status());
        using var node = Accept();
        Expect<ConnectionNews.Opened>();
        Read(node);

        EventFilter.Warning(contains: "does not fit into a frame").ExpectOne(
            () => Send(caller, new ClientCall.Query(new byte[SizeMax], Guard, ReadConsistency.Local)));
        Send(new Caller(), new ClientCall.Explain());

        var failure = Assert.IsType<ClientReply.Failed>(caller.Take()).Failure;
        Assert.Equal((FailureKind.NotDone, FailureReason.Invalid), (failure.Kind, failure.Reason));
        Assert.NotEqual(Environment.CurrentManagedThreadId, caller.Thread);

        Assert.IsType<ClientCall.Explain>(Read(node).Call);
    }

    [Fact]
    public void Calls_of_many_threads_arrive_once_each()
    {
        const int Threads = 8, Calls = 200;
        Send(new Caller(), new ClientCall.Status());
        using var node = Accept();
        Expect<ConnectionNews.Opened>();
        Read(node);

        Parallel.For(0, Threads, _ =>
        {
            for (var call = 0; call < Calls; call++)
            {
                while (!Send(new Caller(), new ClientCall.Explain()))
                {
                    Thread.Yield();
                }
            }
        });

        Assert.Equal(Threads * Calls, Enumerable.Range(0, Threads * Calls).Select(_ => Read(node).Number).Distinct().Count());
    }

    // It may hold the lock of one client, and the other client's thread that of the other one.
    [Fact]
    public void Sender_that_finds_the_connection_lost_tells_no_other_caller_itself()
    {
        Caller waiting = new();
        Send(waiting, new ClientCall.Status());
        using (var node = Accept())
        {
            Expect<ConnectionNews.Opened>();
            Read(node);
            node.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Send(new Caller(), new ClientCall.Status());
                return waiting.Told.Count > 0;
            },
            Guard));

        Assert.Equal(new ClientReply.Lost(_address, WasSent: true), waiting.Take());
        Assert.NotEqual(Environment.CurrentManagedThreadId, waiting.Thread);
    }

    [Fact]
    public void Disposed_connection_ends_its_calls_and_takes_no_more()
    {
        Caller caller = new();
        Send(caller, new ClientCall.Status());
        using var node = Accept();
        Expect<ConnectionNews.Opened>();

        _connection.Dispose();

        Assert.Equal(new ClientReply.Lost(_address, WasSent: true), caller.Take());
        Assert.Equal(CallSending.Unreachable, TrySend(caller, new ClientCall.Status()));
    }

    protected override void AfterAll()
    {
        _connection.Dispose();
        _listener.Dispose();
        _metrics.Dispose();
        base.AfterAll();
    }

    private static ClientCall.Query Large() => new(new byte[4000], Guard, ReadConsistency.Local);

    private bool Send(Caller caller, ClientCall call) => TrySend(caller, call) == CallSending.Sent;

    private CallSending TrySend(Caller caller, ClientCall call) => _connection.Send(Samples.Target, call, caller);

    private TNews Expect<TNews>()
    {
        while (_news.TryTake(out var news, Guard))
        {
            if (news is TNews wanted)
            {
                return wanted;
            }
        }

        throw new TimeoutException($"There was no {typeof(TNews).Name}.");
    }

    private Socket Accept()
    {
        var socket = _listener.Accept();
        (socket.ReceiveTimeout, socket.NoDelay) = ((int)Guard.TotalMilliseconds, true);
        var rest = Receive(socket, Handshake.ReadHead(Receive(socket, Handshake.HeadSize)));
        var handshake = Handshake.ReadRest(rest);
        Assert.Equal(ConnectionKind.Client, handshake.Kind);
        socket.Send(Handshake.AnswerOf(FormatRange.Own));
        return socket;
    }

    private static byte[] Receive(Socket socket, int count)
    {
        var bytes = new byte[count];
        Assert.Equal(count, socket.Receive(bytes));
        return bytes;
    }

    private (long Number, ClientCall Call) Read(Socket node)
    {
        ReadOnlyMemory<byte> bytes;
        while (!_block.TryTake(out bytes))
        {
            var received = node.Receive(_block.Room().Span);
            Assert.NotEqual(0, received);
            _block.Add(received);
        }

        var reader = ByteReader.OfKept(bytes.ToArray());
        var (number, target, call) = CallFormat.ReadCall(ref reader, new CallFormat.LatestTarget());
        Assert.Equal(Samples.Target, target);
        return (number, call);
    }

    private void Reply(Socket node, long number, ClientReply reply)
    {
        CallFrames frames = new(SizeMax, _context.Outcomes);
        Assert.True(frames.TryWrite(number, reply));
        node.Send(frames.Take([]));
    }

    private sealed class Caller : ICaller
    {
        public BlockingCollection<object> Told { get; } = [];

        /// <summary>The thread that told the last reply.</summary>
        public int Thread { get; private set; }

        public Action OnTold { get; init; } = () => { };

        public RequestRef Request => default;

        public void Tell(object message, IActorRef sender)
        {
            Thread = Environment.CurrentManagedThreadId;
            OnTold();
            Told.Add(message);
        }

        public object Take() => Told.TryTake(out var told, Guard) ? told : throw new TimeoutException("There was no reply.");
    }
}
