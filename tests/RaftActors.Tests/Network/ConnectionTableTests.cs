namespace RaftActors.Tests.Network;

/// <summary>Peers and unnamed nodes tell of many more addresses than a node has routes for.</summary>
public sealed class ConnectionTableTests : TestKit
{
    private static readonly int Many = Share.Of(2, 4, 10) * NetworkContext.UnnamedMax;

    private static readonly Address Known = new("akka.tcp", "demo", "10.0.0.1", 2551);
    private static readonly TransportSettings Settings = new("", 0, FrameSizeMaxBytes: 5000, QueueSizeMaxBytes: 5000);

    private readonly ConnectionTable<Route> _table;
    private readonly List<Route> _made = [];

    public ConnectionTableTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }").WithFallback(RemoteNode.Network)) =>
        _table = new ConnectionTable<Route>(Make, Unprotected.ContextOf(this, Known, Settings, _ => TestActor));

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
}
