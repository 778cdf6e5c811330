using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Tests.Groups;

namespace RaftActors.Tests.Network;

/// <summary>A node whose remoting listens on another address than the one where others reach it.</summary>
public sealed class TcpNetworkTests : TestKit
{
    private const string Network =
        """
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", public-hostname = "203.0.113.7" }
        """;

    private static readonly TransportSettings Settings = new("", 0, FrameSizeMaxBytes: 5000, QueueSizeMaxBytes: 5000);

    public TcpNetworkTests()
        : base(ConfigurationFactory.ParseString(Network).WithFallback(RemoteNode.Network))
    {
    }

    private ExtendedActorSystem System => (ExtendedActorSystem)Sys;

    [Fact]
    public void Node_listens_where_its_remoting_listens()
    {
        using var network = Unprotected.Listen(System, Settings, TestActor);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        socket.Connect(IPAddress.Loopback, network.Endpoint!.Port); // Justification: it listens.

        Assert.Equal("203.0.113.7", System.Provider.DefaultAddress.Host);
    }

    [Fact]
    public void Port_in_use_is_named_with_the_setting()
    {
        using var network = Unprotected.Listen(System, Settings, TestActor);
        var port = network.Endpoint!.Port; // Justification: it listens.

        var problem = Assert.Throws<RaftConfigurationException>(() => Unprotected.Listen(System, Settings with { Port = port }, TestActor));

        Assert.Contains($"Cannot listen on 127.0.0.1:{port} for raft messages", problem.Message);
        Assert.Contains("raft.transport-tcp.port", problem.Message);
    }

    [Fact]
    public void Node_that_has_only_clients_opens_no_port()
    {
        Raft.Get(Sys).CreateClient("orders");

        Assert.Null(Assert.IsType<TcpNetwork>(Raft.Get(Sys).Network.Network).Endpoint);
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

    private TcpNetwork? Make(TransportSettings settings) =>
        TcpNetwork.Make(_system, settings, Unprotected.Settings, new ForeignMessages(_system), ActorRefs.Nobody);
}
