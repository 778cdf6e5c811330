using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Tests.Groups;
using RaftActors.Tests.Security;
using RaftActors.Wire;

namespace RaftActors.Tests.Network;

/// <summary>One encrypted connection and the listener of the other node.</summary>
[Trait("Needs", "TLS")]
public sealed class NodeConnectionTests : TestKit
{
    private const string Engine = "/system/raft/g/p";
    private const int SizeMax = 100_000_000;

    private static readonly Address Near = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Far = new("akka.tcp", "demo", "127.0.0.1", 2552);
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _ca;
    private readonly TestProbe _engine;
    private readonly TestProbe _renewed;
    private readonly CredentialStore _nearStore;
    private readonly CredentialStore _farStore;
    private readonly ConnectionListener _listener;
    private readonly NetworkContext _far;
    private readonly Address _address;

    public NodeConnectionTests()
        : base(ConfigurationFactory.ParseString("akka { loglevel = INFO, loggers = [] }").WithFallback(RemoteNode.Network))
    {
        (_engine, _renewed) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(_renewed, typeof(Info));
        _ca = new TestCertificates(_folder.Path);
        (_nearStore, _farStore) = (NewStore("near"), NewStore("far"));
        _listener = new ConnectionListener(NewContext(Near, 1, _nearStore), _ => new NoConnection());
        _far = NewContext(Far, 2, _farStore);
        _address = new Address(Near.Protocol, Near.System, Near.Host, _listener.Port);
    }

    [Fact]
    public void Messages_that_are_written_while_the_credentials_change_arrive_once()
    {
        var connection = new NodeConnection(_address, _far);
        var to = new ConnectionRef(ActorPath.Parse($"{_address}{Engine}"), connection, _far);
        var from = new ConnectionRef(ActorPath.Parse($"{Far}{Engine}"), connection, _far);
        connection.Connect();
        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Opened, Guard);

        Member origin = new(new ProcessName("raft1@node1"), Incarnation.None);
        var written = 0L;
        HashSet<long> read = [];
        for (var change = 0; change < 5; change++)
        {
            _ca.Issue("far", ["127.0.0.1"]);
            _farStore.Refresh();
            connection.Renew();
            for (var last = written + 10_000; !IsRenewed();)
            {
                // A busy machine takes long for a handshake, and the test keeps all messages.
                if (written < last)
                {
                    connection.Write(to, new GetReply(new RequestId(origin, ++written), Pair: null), from);
                    connection.Flush();
                }
            }

            // Two connections are read at the same time, so messages of the change may overtake each other. A third one would end the
            // first.
            while (read.Count < written)
            {
                foreach (var message in Unprotected.MessagesOf(_engine.ReceiveOne(Guard)))
                {
                    Assert.True(read.Add(Assert.IsType<GetReply>(message).Request.Number));
                }
            }
        }

        Assert.True(written > 100, $"Only {written} messages were written.");
        connection.Forget();
    }

    [Fact]
    public void Connection_with_changed_credentials_begins_with_the_list_of_processes()
    {
        var connection = new NodeConnection(_address, _far);
        LocalProcess process = new("default", new ProcessName("raft1@127.0.0.1"), $"{Far}/system/raft/default/raft1#5");
        connection.Connect();
        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Opened, Guard);
        WireMessage.Presence change = new([process], [], IsComplete: true);
        _far.Processes.Change(change);
        connection.Tell(change);
        var first = FishForMessage<ConnectionNews.Told>(told => told.Presence.Running.Length > 0, Guard);

        _ca.Issue("far", ["127.0.0.1"]);
        _farStore.Refresh();
        connection.Renew();

        var second = FishForMessage<ConnectionNews.Told>(_ => true, Guard);
        Assert.True(second.Connection > first.Connection);
        Assert.Equal(process, Assert.Single(second.Presence.Running));
        connection.Forget();
    }

    // Two connections to one node would end each other for ever.
    [Fact]
    public void Route_is_not_forgotten_while_it_has_a_connection_and_a_forgotten_one_makes_none()
    {
        var connection = new NodeConnection(_address, _far);
        connection.Connect();
        FishForMessage<ConnectionNews>(news => news is ConnectionNews.Opened, Guard);
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

    [Fact]
    public void Node_whose_address_leaves_no_port_for_raft_is_refused_with_the_sum()
    {
        var context = _far with { Settings = _far.Settings with { PortOffset = 1000 } };
        var connection = new NodeConnection(new Address(Near.Protocol, Near.System, Near.Host, 65_000), context);

        connection.Connect();

        Assert.Contains("Raft's port beside port 65000 would be 66000", ExpectMsg<ConnectionNews.Refused>(Guard).Why);
    }

    protected override void AfterAll()
    {
        _listener.Dispose();
        _nearStore.Dispose();
        _farStore.Dispose();
        _folder.Dispose();
        base.AfterAll();
    }

    private bool IsRenewed()
    {
        while (_renewed.HasMessages)
        {
            if ($"{_renewed.ExpectMsg<Info>(Guard).Message}".EndsWith("the changed credentials.", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private CredentialStore NewStore(string side)
    {
        var files = new TlsFiles(_ca.Issue(side, ["127.0.0.1"]), Key: "", Password: "", _ca.Ca, Pins: []);
        return new CredentialStore(
            new SecuritySettings(files, TimeSpan.FromHours(1), new RoleRules(Nodes: ["127.0.0.1"], [], [], [])), Sys.Log);
    }

    private NetworkContext NewContext(Address own, ulong node, CredentialStore store)
    {
        var settings = new TransportSettings("127.0.0.1", PortOffset: 0, SizeMax, SizeMax);
        return new NetworkContext(settings, own, node, TestActor, Sys.Log, new TransportMetrics("connection"))
        {
            Credentials = store,
            Outcomes = new OutcomeFormat((ExtendedActorSystem)Sys),
            Calls = new NodeCalls(),
            Resolve = _ => _engine,
        };
    }
}
