using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Tests.Groups;
using RaftActors.Wire;

namespace RaftActors.Tests.Network;

/// <summary>Peers and unnamed nodes tell of many more addresses than a node has routes for.</summary>
public sealed class ConnectionTableTests : TestKit
{
    private static readonly int Many = Share.Of(2, 4, 10) * NetworkContext.UnnamedMax;

    private static readonly Address Known = new("akka.tcp", "demo", "10.0.0.1", 2551);
    private static readonly TransportSettings Settings = new("", 0, FrameSizeMaxBytes: 5000, QueueSizeMaxBytes: 5000);

    private readonly NetworkContext _context;
    private readonly ConnectionTable<Route> _table;
    private readonly List<Route> _made = [];

    public ConnectionTableTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }").WithFallback(RemoteNode.Network))
    {
        _context = new NetworkContext(Settings, Known, 1, TestActor, Sys.Log, new TransportMetrics("table"))
        {
            Outcomes = new OutcomeFormat(System),
            Calls = new NodeCalls(),
            Resolve = _ => TestActor,
        };
        _table = new ConnectionTable<Route>(Make, _context);
    }

    private ExtendedActorSystem System => (ExtendedActorSystem)Sys;

    [Fact]
    public void Addresses_beyond_the_bound_take_the_places_of_those_that_were_asked_for_longest_ago()
    {
        foreach (var i in Enumerable.Range(0, Many))
        {
            _table.Get(Known);
            _table.Get(AddressOf(i));
        }

        Assert.Equal(NetworkContext.UnnamedMax, _table.All.Length);
        Assert.Equal(_made[0], _table.Get(Known));
        Assert.NotNull(_table.Find(AddressOf(Many - 1)));
        Assert.Null(_table.Find(AddressOf(0)));
        Assert.Equal(Many + 1 - NetworkContext.UnnamedMax, _made.Count(route => route.IsRetired));
    }

    [Fact]
    public void Named_address_and_one_with_a_connection_are_not_forgotten()
    {
        var (named, connected) = (_table.Get(Known), _table.Get(AddressOf(-1)));
        _table.SetNamed([Known]);
        connected.IsInUse = true;

        foreach (var i in Enumerable.Range(0, Many))
        {
            _table.Get(AddressOf(i));
        }

        Assert.Equal(NetworkContext.UnnamedMax + 1, _table.All.Length);
        Assert.Equal([named, connected], [_table.Find(Known), _table.Find(AddressOf(-1))]);
    }

    [Fact]
    public void Unnamed_address_gets_no_route_while_all_others_are_connected_and_a_named_address_gets_one()
    {
        var warned = CreateTestProbe();
        Sys.EventStream.Subscribe(warned, typeof(Warning));
        foreach (var i in Enumerable.Range(0, Many))
        {
            _table.Get(AddressOf(i)).IsInUse = true;
        }

        Assert.Equal(NetworkContext.UnnamedMax, _table.All.Length);
        Assert.True(_table.Get(AddressOf(Many)).IsRetired);
        Assert.Contains("nodes that no group of this node names", $"{warned.ExpectMsg<Warning>().Message}");
        Assert.False(warned.HasMessages);

        _table.SetNamed([Known]);
        Assert.False(_table.Get(Known).IsRetired);
        Assert.Equal(_table.Get(Known), _table.Find(Known));
    }

    [Fact]
    public void Route_to_a_node_that_the_groups_name_outlasts_more_unnamed_ones_than_fit()
    {
        using var network = NewNetwork();
        var before = RouteTo(network, Known);
        network.SetNamed([Known]);

        foreach (var i in Enumerable.Range(0, Many))
        {
            RouteTo(network, AddressOf(i));
        }

        Assert.Same(before, RouteTo(network, Known));
    }

    // Two connections to one node would end each other for ever.
    [Fact]
    public void Reference_whose_route_was_forgotten_goes_on_by_the_next_route_to_its_address()
    {
        using var network = NewNetwork();
        var engine = Assert.IsType<ConnectionRef>(network.Resolve($"{Known}/system/raft/g/p"));
        var before = engine.Connection;

        foreach (var i in Enumerable.Range(0, Many))
        {
            RouteTo(network, AddressOf(i));
        }

        var now = engine.Connection;
        Assert.NotSame(before, now);
        Assert.Same(now, before.Current);
        Assert.Same(now, RouteTo(network, Known));
    }

    // Each client that ever came would keep a place otherwise, and the thousandth one would be the last.
    [Fact]
    public void Node_of_a_custom_transport_is_forgotten_before_it_has_answered_and_after_it_was_silent()
    {
        List<byte[]> sent = [];
        var clock = new ManualClock();
        var own = CustomAddress.Of("n1")!; // Justification: a name.
        var peer = CustomAddress.Of("n2")!; // Justification: a name.
        CustomConnection? next = null;
        var context = _context with { Own = own, ConnectionTo = _ => next };
        CustomConnection Make() => new(peer, context, message => sent.Add(message.ToArray()), clock);
        var (first, second) = (Make(), Make());
        next = second;
        var engine = new ConnectionRef(ActorPath.Parse($"{peer}/system/raft/g/p"), first, context);

        Assert.True(first.TryRetire());
        first.Write(engine, new WireMessage.Hello([], IsReply: false), TestActor);
        Assert.Empty(sent);

        engine.Tell(new WireMessage.Hello([], IsReply: false));
        var question = Datagram.Read(Assert.Single(sent));
        second.Receive(new Datagram(Datagram.Purpose.Answer, 2, question.To, 0).ToBytes());
        Assert.False(second.TryRetire());
        clock.Now += CustomConnection.SilenceMax - TimeSpan.FromSeconds(1);
        second.Receive(new Datagram(Datagram.Purpose.Frames, 2, question.From, 1).ToBytes());
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.False(second.TryRetire());

        clock.Now += CustomConnection.SilenceMax;
        Assert.True(second.TryRetire());
        sent.Clear();
        second.Write(engine, new WireMessage.Hello([], IsReply: false), TestActor);
        second.Flush();
        Assert.Empty(sent);
    }

    [Fact]
    public void Nodes_of_a_custom_transport_that_send_are_bounded()
    {
        var transport = new Silent();
        var registry = CreateTestProbe();
        var network = new CustomNetwork(
            System, transport, Settings with { IsCustom = true }, CustomAddress.Of("n1")!, new NodeCalls(), registry);
        var first = Assert.IsType<ConnectionRef>(network.Resolve($"{CustomAddress.Of("n2")}/system/raft"));
        var before = first.Connection;

        // Each of them asks, and does not answer.
        foreach (var i in Enumerable.Range(3, Many))
        {
            transport.Deliver($"n{i}", new Datagram(Datagram.Purpose.Ask, 2, 3, 0).ToBytes());
        }

        Assert.NotSame(before, first.Connection);
        Assert.Equal(2 * Many, transport.Sent);
    }

    // A node that was heard lately keeps its place, so that its messages are not lost again and again.
    [Fact]
    public void Nodes_of_a_custom_transport_that_answered_lately_keep_their_places_and_a_further_one_has_none_until_it_is_named()
    {
        var transport = new Silent { Answers = true };
        using var network = new CustomNetwork(
            System, transport, Settings with { IsCustom = true }, CustomAddress.Of("n1")!, new NodeCalls(), CreateTestProbe());
        ConnectionRef EngineAt(int number) =>
            Assert.IsType<ConnectionRef>(network.Resolve($"{CustomAddress.Of($"n{number}")}/system/raft/g/p"));
        ConnectionRef[] engines = [.. Enumerable.Range(2, NetworkContext.UnnamedMax).Select(EngineAt)];
        Array.ForEach(engines, engine => engine.Tell(new WireMessage.Hello([], IsReply: false)));
        IConnection[] before = [.. engines.Select(engine => engine.Connection)];

        var further = EngineAt(5000);
        further.Tell(new WireMessage.Hello([], IsReply: false));
        further.Tell(new WireMessage.Hello([], IsReply: false));

        Assert.DoesNotContain("n5000", transport.Nodes);
        Assert.Equal(before, engines.Select(engine => engine.Connection));

        // The reference from before goes on: the first message asks the node, and the next one reaches it.
        network.SetNamed([CustomAddress.Of("n5000")!]);
        further.Tell(new WireMessage.Hello([], IsReply: false));
        Assert.Single(transport.Nodes, node => node == "n5000");
        further.Tell(new WireMessage.Hello([], IsReply: false));
        Assert.Equal(2, transport.Nodes.Count(node => node == "n5000"));
        Assert.Equal(before, engines.Select(engine => engine.Connection));
    }

    // Otherwise two routes would take the numbers of one node, and a message could arrive twice.
    [Fact]
    public void Late_answer_to_a_forgotten_route_of_a_custom_transport_opens_nothing()
    {
        List<byte[]> sent = [];
        var context = _context with { Own = CustomAddress.Of("n1")! }; // Justification: a name.
        var peer = CustomAddress.Of("n2")!; // Justification: a name.
        var connection = new CustomConnection(peer, context, message => sent.Add(message.ToArray()), TimeProvider.System);
        var engine = new ConnectionRef(ActorPath.Parse($"{peer}/system/raft/g/p"), connection, context);
        engine.Tell(new WireMessage.Hello([], IsReply: false));
        var question = Datagram.Read(Assert.Single(sent));

        Assert.True(connection.TryRetire());
        connection.Receive(new Datagram(Datagram.Purpose.Answer, 2, question.To, 0).ToBytes());
        engine.Tell(new WireMessage.Hello([], IsReply: false));

        Assert.Single(sent);
        ExpectNoMsg(TimeSpan.Zero);
    }

    private static IConnection RouteTo(TcpNetwork network, Address address) =>
        Assert.IsType<ConnectionRef>(network.Resolve($"{address}/system/raft/g/p")).Connection;

    private TcpNetwork NewNetwork() => new(System, Settings, Unprotected.Settings, new NodeCalls(), TestActor);

    private static Address AddressOf(int number) => new("akka.tcp", "demo", "10.0.0.2", number + 2);

    private Route Make(Address address)
    {
        var route = new Route();
        _made.Add(route);
        return route;
    }

    private sealed class Route : IForgettableConnection
    {
        public byte Level => 1;

        public bool IsInUse { get; set; }

        public bool IsRetired { get; private set; }

        public bool TryRetire() => IsRetired |= !IsInUse;

        public void Write(IActorRef to, WireMessage message, IActorRef from)
        {
        }

        public void Flush()
        {
        }
    }

    private sealed class Silent : RaftTransport
    {
        public int Sent => Nodes.Count;

        /// <summary>The nodes to which messages were sent, in order.</summary>
        public List<string> Nodes { get; } = [];

        /// <summary>The nodes answer questions.</summary>
        public bool Answers { get; init; }

        public void Deliver(string node, byte[] message) => Receive(node, message);

        protected internal override void Send(string node, ReadOnlyMemory<byte> message)
        {
            Nodes.Add(node);
            if (Answers && Datagram.Read(message.Span) is { Kind: Datagram.Purpose.Ask, To: var question })
            {
                Receive(node, new Datagram(Datagram.Purpose.Answer, 2, question, 0).ToBytes());
            }
        }
    }
}
