using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Tests.Clients;
using RaftActors.Tests.Groups;
using RaftActors.Tests.Wire;
using RaftActors.Wire;

namespace RaftActors.Tests.Network;

/// <summary>
/// Two ends of a custom transport. The test is the network between them: it delivers each message when, and as often as, it likes.
/// </summary>
public sealed class CustomConnectionTests : TestKit
{
    private const int FrameSizeMax = 5000;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly TestProbe _engine;
    private IActorRef? _registry;
    private readonly End _near;
    private readonly End _far;

    public CustomConnectionTests()
        : base(VirtualGroup.Config)
    {
        _engine = CreateTestProbe();
        StartRegistry();
        _near = NewEnd("n1", "n2", node: 1);
        _far = NewEnd("n2", "n1", node: 2);
    }

    [Fact]
    public void Message_that_the_network_repeats_arrives_once()
    {
        Meet(_near, _far);
        Send(_near, 1);
        var message = Assert.Single(_near.TakeSent());

        _far.Receive(message, message, message);
        Send(_near, 2);
        _far.Receive(message, Assert.Single(_near.TakeSent()), message);

        ExpectNumbers(1, 2);
    }

    [Fact]
    public void Messages_that_overtake_each_other_arrive_all()
    {
        Meet(_near, _far);
        Send(_near, 1);
        Send(_near, 2);
        Send(_near, 3);

        var sent = _near.TakeSent();
        _far.Receive(sent[2], sent[0], sent[1]);

        ExpectNumbers(3, 1, 2);
    }

    [Fact]
    public void Message_for_the_receiver_before_its_restart_does_not_arrive()
    {
        Meet(_near, _far);
        Send(_near, 1);
        var old = _near.TakeSent();
        var restarted = NewEnd("n2", "n1", node: 3);

        restarted.Receive(old);
        Meet(_near, restarted);
        restarted.Receive(old);
        Send(_near, 2);
        restarted.Receive(_near.TakeSent());

        ExpectNumbers(2);
    }

    [Fact]
    public void Message_of_the_sender_before_its_restart_does_not_arrive_after_one_of_the_present_sender()
    {
        Meet(_near, _far);
        Send(_near, 1);
        var old = _near.TakeSent();
        var restarted = NewEnd("n1", "n2", node: 3);
        Meet(restarted, _far);

        _far.Receive(old);
        Send(restarted, 2);
        _far.Receive(restarted.TakeSent());

        ExpectNumbers(2);
    }

    // The node still runs, so all that it sent to the forgotten connection may come again.
    [Fact]
    public void Message_to_a_connection_that_was_forgotten_does_not_arrive_again_at_the_next_connection()
    {
        Meet(_near, _far);
        Send(_near, 1);
        var old = _near.TakeSent();
        _far.Receive(old);
        var next = NewEnd("n2", "n1", node: 2);

        Meet(_near, next);
        next.Receive(old);
        Send(_near, 2);
        next.Receive(_near.TakeSent());

        ExpectNumbers(1, 2);
    }

    [Fact]
    public void Delayed_answer_of_an_earlier_start_is_ignored()
    {
        var question = Ask(_near);
        _far.Receive(question);
        var late = _far.TakeSent();
        var restarted = NewEnd("n2", "n1", node: 3);
        restarted.Receive(question);
        _near.Receive(restarted.TakeSent());

        _near.Receive(late);
        Exchange(_near, restarted);
        Send(_near, 1);
        restarted.Receive(_near.TakeSent());

        ExpectNumbers(1);
    }

    [Fact]
    public void Restarted_receiver_is_found_by_the_next_message()
    {
        Meet(_near, _far);
        var restarted = NewEnd("n2", "n1", node: 3);
        Send(_near, 1);

        restarted.Receive(_near.TakeSent());
        Exchange(_near, restarted);
        Send(_near, 2);
        restarted.Receive(_near.TakeSent());

        ExpectNumbers(2);
    }

    [Fact]
    public void Question_is_repeated_only_after_a_while_and_stays_the_same()
    {
        var clock = new ManualClock();
        var end = NewEnd("n1", "n2", node: 1, clock);
        var question = Ask(end);

        end.Write(0, []);
        Assert.Empty(end.TakeSent());
        clock.Now += TimeSpan.FromMilliseconds(200);
        end.Write(0, []);

        Assert.Equal(question, Assert.Single(end.TakeSent()));
    }

    [Fact]
    public void Registry_is_told_when_the_other_node_has_started()
    {
        Meet(_near, _far);

        Assert.Equal(new ConnectionNews.Opened(_near.Peer), ExpectMsg<ConnectionNews.Opened>(Guard));
        Assert.Equal(new ConnectionNews.Opened(_far.Peer), ExpectMsg<ConnectionNews.Opened>(Guard));
    }

    [Fact]
    public void Many_messages_of_one_turn_travel_in_parts_of_bounded_size()
    {
        Meet(_near, _far);
        for (var number = 1; number <= 100; number++)
        {
            _near.Write(number, new byte[1000]);
        }

        _near.Connection.Flush();
        var sent = _near.TakeSent();
        _far.Receive(sent);

        Assert.InRange(sent.Count, 3, 5);
        Assert.All(sent, part => Assert.InRange(part.Length, 1, CustomConnection.FullBytes + 2000));
        ExpectNumbers([.. Enumerable.Range(1, 100)]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0203000000000000000000000000000000000000000000000000")]
    [InlineData("0109000000000000000000000000000000000000000000000000")]
    public void Damaged_head_is_refused(string hex) =>
        Assert.Throws<InvalidDataException>(() => _far.Receive(Convert.FromHexString(hex)));

    [Fact]
    public void Damaged_frames_are_refused_and_later_messages_arrive()
    {
        Meet(_near, _far);
        Send(_near, 1);
        var cut = _near.TakeSent()[0][..^3];

        Assert.Throws<InvalidDataException>(() => _far.Receive(cut));
        Send(_near, 2);
        _far.Receive(_near.TakeSent());

        ExpectNumbers(2);
    }

    [Fact]
    public void Heads_keep_their_bytes()
    {
        Assert.Equal(
            "010102000000000000000300000000000000" + "0100000000000000",
            Convert.ToHexStringLower(new Datagram(Datagram.Purpose.Ask, 2, 3, 1).ToBytes()));
        Assert.Equal(
            "010204000000000000000500000000000000" + "0100000000000000",
            Convert.ToHexStringLower(new Datagram(Datagram.Purpose.Answer, 4, 5, 1).ToBytes()));
        Assert.Equal(
            "010306000000000000000700000000000000" + "0800000000000000" + "2a",
            Convert.ToHexStringLower(new Datagram(Datagram.Purpose.Frames, 6, 7, 8).ToBytes([42])));
    }

    private static void Exchange(End one, End other)
    {
        for (var round = 0; round < 4; round++)
        {
            other.Receive(one.TakeSent());
            one.Receive(other.TakeSent());
        }
    }

    [Fact]
    public void Call_of_a_client_reaches_the_process_and_its_reply_the_caller()
    {
        var (one, other, engine, caller) = MeetForCalls();

        Assert.Equal(CallSending.Sent, one.Connection.Send(Samples.Target, new ClientCall.Status(), caller));
        Exchange(one, other);
        engine.Expect<ClientCall.Status>();
        engine.Reply(new ClientReply.Declined("not now"));
        Exchange(one, other);

        Assert.Equal([new ClientReply.Declined("not now")], caller.Told);
    }

    [Fact]
    public void Call_that_was_lost_is_sent_again_with_its_number_and_its_second_reply_is_ignored()
    {
        var (one, other, engine, caller) = MeetForCalls();
        one.Connection.Send(Samples.Target, new ClientCall.Status(), caller);
        Exchange(one, other);

        one.Connection.Send(Samples.Target, new ClientCall.Status(), caller);
        Exchange(one, other);
        engine.Expect<ClientCall.Status>();
        engine.Reply(new ClientReply.Declined("first"));
        engine.Expect<ClientCall.Status>();
        engine.Reply(new ClientReply.Declined("second"));
        Exchange(one, other);

        Assert.Equal([new ClientReply.Declined("first")], caller.Told);
        Assert.Equal(engine.Callers.First(), engine.Callers.Last());
    }

    [Fact]
    public void Call_above_the_bound_of_those_that_wait_is_declined_and_the_next_one_is_taken_when_there_is_room()
    {
        var (one, other, engine, caller) = MeetForCalls();
        Assert.All(Enumerable.Range(0, Backlog.CallsMax), _ => Assert.True(engine.Untaken.TryAdd(1)));

        one.Connection.Send(Samples.Target, new ClientCall.Status(), caller);
        Exchange(one, other);

        Assert.Contains("too many calls that wait", Assert.IsType<ClientReply.Declined>(Assert.Single(caller.Told)).Why);
        Assert.Empty(engine.Waiting);

        engine.Untaken.OnTaken(1);
        one.Connection.Send(Samples.Target, new ClientCall.Status(), new Caller());
        Exchange(one, other);

        engine.Expect<ClientCall.Status>();
        Assert.False(engine.Untaken.TryAdd(1));
        WaitingCaller.OnTaken(engine.LastCaller);
        WaitingCaller.OnTaken(engine.LastCaller);
        Assert.True(engine.Untaken.TryAdd(1));
        Assert.False(engine.Untaken.TryAdd(1));
    }

    [Fact]
    public void Calls_that_wait_have_at_most_so_many_bytes()
    {
        Backlog calls = Backlog.OfCalls();

        Assert.True(calls.TryAdd((int)Backlog.CallsSizeMaxBytes));
        Assert.False(calls.TryAdd(1));
        calls.OnTaken((int)Backlog.CallsSizeMaxBytes);
        Assert.True(calls.TryAdd(1));
    }

    [Fact]
    public void Call_for_a_process_that_does_not_run_there_is_declined()
    {
        var (one, other, _, caller) = MeetForCalls();

        one.Connection.Send(Samples.Target with { Group = "bills" }, new ClientCall.Status(), caller);
        Exchange(one, other);

        Assert.Contains("of group 'bills' runs on this node", Assert.IsType<ClientReply.Declined>(Assert.Single(caller.Told)).Why);
    }

    [Fact]
    public void Call_that_fits_into_no_frame_or_has_no_unicode_fails_and_the_next_one_is_sent()
    {
        var (one, other, engine, _) = MeetForCalls();

        EventFilter.Warning(contains: "has a text that is no Unicode").ExpectOne(() =>
        {
            ExpectUnwritten(new ClientCall.Locate("half of \ud83d"));
            ExpectUnwritten(new ClientCall.Query(new byte[FrameSizeMax - 50], Guard, ReadConsistency.Local));
        });
        Exchange(one, other);
        Assert.Empty(engine.Waiting);

        one.Connection.Send(Samples.Target, new ClientCall.Status(), new Caller());
        Exchange(one, other);
        engine.Expect<ClientCall.Status>();

        void ExpectUnwritten(ClientCall call)
        {
            Caller caller = new();
            Assert.Equal(CallSending.Sent, one.Connection.Send(Samples.Target, call, caller));
            AwaitAssert(
                () => Assert.Contains(
                    "was not sent. It does not fit into a frame",
                    Assert.IsType<ClientReply.Failed>(Assert.Single(caller.Told)).Failure.Detail),
                Guard);
        }
    }

    [Fact]
    public void Call_whose_reply_cannot_be_encoded_fails_with_a_warning()
    {
        var (one, other, engine, caller) = MeetForCalls();

        one.Connection.Send(Samples.Target, new ClientCall.Status(), caller);
        Exchange(one, other);
        engine.Expect<ClientCall.Status>();
        EventFilter.Warning(contains: "has a text that is no Unicode").ExpectOne(
            () => engine.Reply(new ClientReply.Declined("half of \ud83d")));
        Exchange(one, other);

        Assert.Equal(new ClientReply.Failed(OutcomeFormat.Unsent), Assert.Single(caller.Told));
    }

    [Fact]
    public void Damaged_reply_fails_its_call()
    {
        OpenCalls calls = new();
        Caller caller = new();
        OutcomeFormat outcomes = new((ExtendedActorSystem)Sys);
        Assert.Equal(1, calls.NumberOf(caller));

        calls.Return(new byte[] { 1, 1, 200 }, outcomes);
        Assert.Throws<InvalidDataException>(() => calls.Return(new byte[] { 100 }, outcomes));

        Assert.IsType<InvalidDataException>(Assert.IsType<Status.Failure>(Assert.Single(caller.Told)).Cause);
    }

    // The clients of both starts have the same numbers, so one would take the reply to the call of another one for its own.
    [Fact]
    public void Reply_to_a_call_that_a_node_sent_before_its_restart_reaches_no_caller()
    {
        var (one, other, engine, caller) = MeetForCalls();
        one.Connection.Send(Samples.Target, new ClientCall.Status(), new Caller());
        Exchange(one, other);
        engine.Expect<ClientCall.Status>();
        var earlier = engine.LastCaller;
        StartRegistry();
        var restarted = NewEnd("n1", "n2", node: 3);
        Meet(restarted, other);
        restarted.Connection.Send(Samples.Target, new ClientCall.Explain(), caller);
        Exchange(restarted, other);
        engine.Expect<ClientCall.Explain>();

        earlier.Tell(new ClientReply.Declined("earlier"), ActorRefs.NoSender);
        engine.Reply(new ClientReply.Declined("not now"));
        Exchange(restarted, other);

        Assert.Equal([new ClientReply.Declined("not now")], caller.Told);
    }

    // A later one stands for that of a restarted node.
    [MemberNotNull(nameof(_registry))]
    private void StartRegistry()
    {
        if (_registry is not null)
        {
            Watch(_registry);
            Sys.Stop(_registry);
            FishForMessage<Terminated>(_ => true, Guard);
        }

        var news = TestActor;
        _registry = ((ExtendedActorSystem)Sys).SystemActorOf(Props.Create(() => new Forwarder(news)), "raft");
    }

    private (End One, End Other, ScriptedProcess Engine, Caller Caller) MeetForCalls()
    {
        var (one, other) = (NewEnd("n1", "n2", 1), NewEnd("n2", "n1", 2));
        Meet(one, other);
        ScriptedProcess engine = new();
        other.Calls.Add(Samples.Target, engine);
        return (one, other, engine, new Caller());
    }

    private static void Meet(End one, End other)
    {
        one.Write(0, []);
        other.Write(0, []);
        Exchange(one, other);
    }

    // The first message is lost: it makes the connection ask which system runs at the other end.
    private static byte[] Ask(End end)
    {
        end.Write(0, []);
        return Assert.Single(end.TakeSent());
    }

    private static void Send(End end, int number)
    {
        end.Write(number, []);
        end.Connection.Flush();
    }

    private End NewEnd(string own, string other, ulong node, TimeProvider? clock = null)
    {
        var (address, peer) = (CustomAddress.Of(own)!, CustomAddress.Of(other)!);
        var settings = new TransportSettings("", 0, FrameSizeMax, QueueSizeMaxBytes: 5000) { IsCustom = true };
        var context = new NetworkContext(settings, address, node, _registry!, Sys.Log, new TransportMetrics("custom"))
        {
            Outcomes = new OutcomeFormat((ExtendedActorSystem)Sys),
            Calls = new NodeCalls(),
            Resolve = path => path.Contains("/raft/g/", StringComparison.Ordinal)
                ? _engine
                : CustomAddress.ResolveOwn((ExtendedActorSystem)Sys, address, path),
        };
        return new End(peer, context, clock ?? TimeProvider.System);
    }

    private void ExpectNumbers(params int[] numbers)
    {
        var found = new List<int>();
        while (found.Count < numbers.Length)
        {
            found.AddRange(Unprotected.MessagesOf(_engine.ReceiveOne(Guard))
                .Select(each => (int)((WireMessage.AppendRequest)each).Request.Number));
        }

        Assert.Equal(numbers, found);
        _engine.ExpectNoMsg(TimeSpan.Zero);
    }

    private sealed class Caller : ICaller
    {
        public ConcurrentQueue<object> Told { get; } = [];

        public RequestRef Request => default;

        public void Tell(object message, IActorRef sender) => Told.Enqueue(message);
    }

    /// <summary>One end: what it sends waits for the test.</summary>
    private sealed class End
    {
        private static readonly Member Origin = new(new ProcessName("raft1@n1"), new Incarnation(Guid.NewGuid()));

        private readonly List<byte[]> _sent = [];
        private readonly NetworkContext _context;

        public End(Address peer, NetworkContext context, TimeProvider clock)
        {
            (Peer, _context) = (peer, context);
            Connection = new CustomConnection(peer, context, message => _sent.Add(message.ToArray()), clock);
        }

        public Address Peer { get; }

        public NodeCalls Calls => _context.Calls;

        public CustomConnection Connection { get; }

        public void Write(int number, byte[] value)
        {
            var to = new ConnectionRef(ActorPath.Parse($"{Peer}/system/raft/g/raft"), Connection, _context);
            var from = new ConnectionRef(ActorPath.Parse($"{_context.Own}/system/raft/g/raft"), Connection, _context);
            Connection.Write(to, new WireMessage.AppendRequest(new RequestId(Origin, number), "key", value), from);
        }

        public List<byte[]> TakeSent()
        {
            List<byte[]> sent = [.. _sent];
            _sent.Clear();
            return sent;
        }

        public void Receive(params IEnumerable<byte[]> messages)
        {
            foreach (var message in messages)
            {
                Connection.Receive(message);
            }
        }
    }
}
