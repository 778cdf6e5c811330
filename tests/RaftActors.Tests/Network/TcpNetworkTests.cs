namespace RaftActors.Tests.Network;

/// <summary>A node whose remoting listens on another address and port than those where others reach it.</summary>
public sealed class TcpNetworkTests : TestKit
{
    private static readonly TransportSettings Settings = new("", PortOffset: 1000, FrameSizeMaxBytes: 5000, QueueSizeMaxBytes: 5000);

    private readonly int _port;
    private readonly int _public;

    public TcpNetworkTests()
        : this(FreePorts.Next(), FreePorts.Next())
    {
    }

    private TcpNetworkTests(int port, int @public)
        : base(ConfigurationFactory.ParseString(
            $"akka.remote.dot-netty.tcp {{ public-hostname = \"203.0.113.7\", public-port = {@public} }}")
            .WithFallback(RemoteNode.At(port))) =>
        (_port, _public) = (port, @public);

    private ExtendedActorSystem System => (ExtendedActorSystem)Sys;

    [Fact]
    public void Node_listens_beside_its_remoting_so_that_a_translation_maps_both_ports_alike()
    {
        using var network = Unprotected.Listen(System, Settings, TestActor);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        socket.Connect(IPAddress.Loopback, _port + 1000);

        Assert.Equal(_port + 1000, network.Port);
        Assert.Equal(("203.0.113.7", _public), (System.Provider.DefaultAddress.Host, System.Provider.DefaultAddress.Port));
    }

    [Fact]
    public void Node_whose_raft_has_the_port_of_the_address_listens_there()
    {
        using var network = Unprotected.Listen(System, Settings with { PortOffset = 0, Hostname = "127.0.0.1" }, TestActor);

        Assert.Equal(_public, network.Port);
    }

    [Fact]
    public void Cluster_whose_raft_has_the_port_of_the_address_is_refused()
    {
        var problem = Assert.Throws<RaftConfigurationException>(
            () => (Settings with { PortOffset = 0 }).DemandAgreement(Unprotected.Settings, isByNames: false));

        Assert.Contains("A cluster needs the remoting there: use another offset", problem.Message);
    }

    [Fact]
    public void Port_in_use_is_named_with_the_two_ports_that_belong_together()
    {
        using var network = Unprotected.Listen(System, Settings, TestActor);

        var problem = Assert.Throws<RaftConfigurationException>(() => Unprotected.Listen(System, Settings, TestActor));

        Assert.Contains($"Cannot listen on 127.0.0.1:{_port + 1000} for raft messages: ", problem.Message);
        Assert.Contains(
            $"plus raft.transport-tcp.port-offset: {_port} + 1000. Perhaps this program runs already; end it, or choose", problem.Message);
    }

    [Fact]
    public void Offset_beyond_the_highest_port_is_refused_with_the_sum()
    {
        var problem = Assert.Throws<RaftConfigurationException>(
            () => Unprotected.Listen(System, Settings with { PortOffset = 65_000 }, TestActor));

        Assert.Equal(
            $"Raft's port beside port {_public} would be {_public + 65_000}, because raft.transport-tcp.port-offset is 65000; the highest "
            + "port is 65535. Give the node a lower port, or use a lower offset on all nodes.",
            problem.Message);
    }

    // A thread that reads a last message may answer after the end. The connection would outlive the actor system.
    [Fact]
    public void Network_that_has_ended_connects_to_no_node_whether_it_knew_the_node_or_not()
    {
        using var port = new Socket(SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port.Listen();
        var known = new Address("akka.tcp", "demo", "127.0.0.1", ((IPEndPoint)port.LocalEndPoint!).Port); // Justification: it is bound.
        var settings = Settings with { PortOffset = 0, Hostname = "127.0.0.1" };
        var network = Unprotected.Listen(System, settings, TestActor);
        network.Connect(known);
        network.LinkTo(known).Send(Samples.Target, new ClientCall.Status(), new Caller());

        network.Dispose();

        foreach (var node in new[] { known, known.WithSystem("other") })
        {
            var route = Assert.IsType<ConnectionRef>(network.Resolve($"{node}/system/raft")).Connection;
            Assert.False(route.TakesMessages);
            Assert.Equal(
                CallSending.Unreachable, network.LinkTo(node).Send(Samples.Target, new ClientCall.Status(), new Caller()));
        }
    }

    [Fact]
    public void Node_that_has_only_clients_opens_no_port()
    {
        Raft.Get(Sys).CreateClient("orders");

        Assert.Null(Assert.IsType<TcpNetwork>(Raft.Get(Sys).Network.Network).Port);
    }

    private sealed class Caller : ICaller
    {
        public RequestRef Request => default;

        public void Tell(object message, IActorRef sender)
        {
        }
    }
}

/// <summary>A node whose remoting uses TLS, while raft has no credentials.</summary>
public sealed class EncryptedRemotingTests : IDisposable
{
    private static readonly TransportSettings Settings = new("", 0, FrameSizeMaxBytes: 5000, QueueSizeMaxBytes: 5000);

    private readonly TemporaryFolder _folder = new();
    private readonly ExtendedActorSystem _system;

    public EncryptedRemotingTests()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = _folder["node.pfx"];
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, "password"));
        var network = ConfigurationFactory.ParseString(
            $$"""
            akka.remote.dot-netty.tcp {
              enable-ssl = on
              ssl { suppress-validation = on, certificate { path = "{{file}}", password = "password" } }
            }
            """);
        _system = (ExtendedActorSystem)ActorSystem.Create("encrypted", network.WithFallback(RemoteNode.Network));
    }

    public void Dispose()
    {
        _system.Terminate().Wait();
        _folder.Dispose();
    }

    [Fact]
    public void Node_without_credentials_is_refused_because_its_messages_would_not_be_encrypted()
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Make(Settings)).Message;

        Assert.Contains("akka.remote.dot-netty.tcp.enable-ssl is on, and raft.security is not set", problem);
        Assert.Contains("raft.transport-tcp.unencrypted = on.", problem);
    }

    [Fact]
    public void Node_whose_connections_another_layer_encrypts_starts()
    {
        using var network = Make(Settings with { IsUnencrypted = true });

        Assert.NotNull(network);
    }

    private TcpNetwork Make(TransportSettings settings) =>
        new(_system, settings, Unprotected.Settings, new NodeCalls(), ActorRefs.Nobody);
}
