using System.Net;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Discovery;
using RaftActors.Engine;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Tests.Engine;
using RaftActors.Tests.Groups;
using RaftActors.Tests.Network;
using RaftActors.Wire;

using VirtualTime;

namespace RaftActors.Tests.Discovery;

/// <summary>A registry that cannot connect to the other node, whose machine takes connections and never answers.</summary>
public sealed class LostActorTests : TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);
    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        akka { scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests", loglevel = INFO, loggers = [] }
        """);

    private readonly Socket _silent = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Address _other;
    private readonly TestProbe _engine;
    private readonly IActorRef _registry;
    private readonly IActorRef _peer;
    private readonly TcpNetwork _network;

    public LostActorTests()
        : base(Config.WithFallback(RemoteNode.At(FreePorts.Next())))
    {
        var port = FreePorts.Next();
        _silent.Bind(new IPEndPoint(IPAddress.Loopback, port + NamedNode.PortOffset));
        _silent.Listen();
        _other = new Address("akka.tcp", "other", "127.0.0.1", port);
        var system = (ExtendedActorSystem)Sys;
        _engine = CreateTestProbe();
        _registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(new NodeScript(), TimeSpan.FromSeconds(1))));
        var settings = new TransportSettings("", NamedNode.PortOffset, FrameSizeMaxBytes: 5000, QueueSizeMaxBytes: 5000);
        _network = Unprotected.Listen(system, settings, _registry);
        _registry.Tell(_network);
        _registry.Tell(new EngineNews.Started(new Bench(this).Process), _engine);
        _peer = system.Provider.ResolveActorRef($"{_other}/system/raft/default/raft2#5");
    }

    [Fact]
    public void Engines_find_the_processes_of_a_node_again_when_a_connection_to_it_opens()
    {
        var peer = new LocalProcess("default", new ProcessName("raft2@node2"), _peer.Path.ToSerializationFormat());
        var registry = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef($"{_other}/system/raft");
        _registry.Tell(new NodeNews.Named(_other));
        _registry.Tell(new WireMessage.Hello([peer], IsReply: false), registry);

        // At once, because the node is unreachable when the attempt to connect to its silent machine has ended.
        _registry.Tell(new ConnectionNews.Opened(_other));

        Assert.Equal(peer.Name, _engine.FishForMessage<PeerNews.Found>(_ => true, Guard).Name);
        Assert.Equal(peer.Name, _engine.FishForMessage<PeerNews.Found>(_ => true, Guard).Name);
    }

    protected override void AfterAll()
    {
        _network.Dispose();
        _silent.Dispose();
        base.AfterAll();
    }
}
