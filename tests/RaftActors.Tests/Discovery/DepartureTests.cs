namespace RaftActors.Tests.Discovery;

/// <summary>A registry with encrypted connections. The test is its source of nodes, and the other node.</summary>
[Trait("Needs", "TLS")]
public sealed class DepartureTests : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly Address Other = new("akka.tcp", "other", "127.0.0.1", FreePorts.Next());

    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        akka { scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests", loglevel = INFO, loggers = [] }
        """);

    private static readonly TransportSettings Transport = new("", NamedNode.PortOffset, FrameSizeMaxBytes: 5000, QueueSizeMaxBytes: 5000);

    private readonly TemporaryFolder _folder = new();
    private readonly TestProbe _news;
    private readonly IActorRef _registry;
    private readonly TcpNetwork _network;
    private readonly SecuritySettings _security;
    private readonly CredentialStore _credentials;
    private readonly NetworkContext _other;
    private readonly NodeConnection _fromOther;

    public DepartureTests()
        : base(Config.WithFallback(RemoteNode.At(FreePorts.Next())))
    {
        var system = (ExtendedActorSystem)Sys;
        var ca = new TestCertificates(_folder.Path);
        _security = new SecuritySettings(
            new TlsFiles(ca.Issue("node", ["127.0.0.1"]), "", "", ca.Ca, []), TimeSpan.FromHours(1), new RoleRules([], [], [], []));
        _registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(new NodeScript(), Interval)));
        _network = Listen(Transport);
        _registry.Tell(_network);

        _news = CreateTestProbe();
        _credentials = new CredentialStore(_security, Sys.Log);
        _other = Unprotected.ContextOf(this, Other, Transport, _ => _news) with { Registry = _news, Credentials = _credentials };
        _fromOther = new NodeConnection(system.Provider.DefaultAddress, _other);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Connection_of_a_node_that_has_left_is_closed_though_the_node_counts_as_unreachable(bool isUnreachableBefore)
    {
        Connect();

        object[] news = [new ConnectionNews.Disconnected(Other), new NodeNews.Unnamed(Other)];
        Say(isUnreachableBefore ? news : [news[1], news[0]]);
        Wait(11);

        _news.FishForMessage<ConnectionNews>(news => news is ConnectionNews.Disconnected, Guard);
    }

    [Fact]
    public void Node_that_has_left_is_refused_also_while_this_node_answers_it()
    {
        var opened = CreateTestProbe();
        Sys.EventStream.Subscribe(opened, typeof(ConnectionNews.Opened));
        var port = Transport.PortBeside(Other.Port!.Value); // Justification: it has one.
        using var listener = new ConnectionListener(_other with { IsNamed = _ => true }, _ => _fromOther, port: port);
        Connect();

        // The network alone, because the registry would also end the next connection, when it reads that the present one has ended.
        _network.SetNamed([]);
        _network.OnDeparted(Other);
        _news.FishForMessage<ConnectionNews>(news => news is ConnectionNews.Disconnected, Guard);

        _network.Connect(Other);
        opened.ExpectMsg<ConnectionNews.Opened>(Guard);
        _fromOther.Connect();

        Assert.IsType<ConnectionNews.Refused>(
            _news.FishForMessage<ConnectionNews>(each => each is ConnectionNews.Refused or ConnectionNews.Opened, Guard));
    }

    [Fact]
    public void Node_that_is_named_again_long_after_it_has_left_may_connect()
    {
        Connect();
        Say(new NodeNews.Unnamed(Other));
        Wait(11);
        _news.FishForMessage<ConnectionNews>(news => news is ConnectionNews.Disconnected, Guard);

        Connect();
    }

    [Fact]
    public void Connection_of_a_node_that_is_named_again_soon_after_it_has_left_stays_open()
    {
        Connect();
        var closed = CreateTestProbe();
        Sys.EventStream.Subscribe(closed, typeof(Info));

        Say(new NodeNews.Unnamed(Other));
        Wait(9);
        Say(new NodeNews.Named(Other));
        Wait(20);

        Assert.False(closed.HasMessages);
    }

    [Fact]
    public void Node_that_only_a_cluster_names_is_refused()
    {
        _network.Dispose();
        using var network = Listen(Transport with { IsOfCluster = true });
        network.SetNamed([Other]);

        _fromOther.Connect();

        Assert.IsType<ConnectionNews.Refused>(
            _news.FishForMessage<ConnectionNews>(each => each is ConnectionNews.Refused or ConnectionNews.Opened, Guard));
    }

    protected override void AfterAll()
    {
        _fromOther.Forget();
        _network.Dispose();
        _credentials.Dispose();
        _folder.Dispose();
        base.AfterAll();
    }

    private TcpNetwork Listen(TransportSettings transport)
    {
        var system = (ExtendedActorSystem)Sys;
        var network = new TcpNetwork(system, transport, _security, new NodeCalls(), _registry);
        network.Listen();
        return network;
    }

    private void Connect()
    {
        Say(new NodeNews.Named(Other));
        _fromOther.Connect();
        _news.FishForMessage<ConnectionNews>(news => news is ConnectionNews.Opened, Guard);
    }

    private void Say(params object[] all)
    {
        foreach (var news in all)
        {
            _registry.Tell(news);
        }

        AwaitIdle();
    }

    private void Wait(int intervals)
    {
        for (var i = 0; i < intervals; i++)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(Interval);
        }

        AwaitIdle();
    }

    // The registry has read all messages so far.
    private void AwaitIdle()
    {
        _registry.Tell(new Identify("now"), TestActor);
        ExpectMsg<ActorIdentity>(Guard);
    }
}
