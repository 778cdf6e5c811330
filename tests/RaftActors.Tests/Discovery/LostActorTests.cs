using System.Net;
using System.Net.Sockets;

using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Engine;
using RaftActors.Tests.Engine;
using RaftActors.Tests.Groups;
using RaftActors.Tests.Transport;
using RaftActors.Transport;
using RaftActors.Wire;

namespace RaftActors.Tests.Discovery;

/// <summary>A registry with connections of raft's own. The test is the other node, to which too many bytes wait.</summary>
public sealed class LostActorTests : TestKit
{
    private const int QueueSizeMax = 5000;
    private const ulong Node = 7;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly Address Other = new("akka.tcp", "other", "127.0.0.1", 2552);

    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        akka { scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests", loglevel = INFO, loggers = [] }
        """).WithFallback(RemoteNode.Network);

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly TestProbe _engine;
    private readonly IActorRef _registry;
    private readonly IActorRef _peer;
    private readonly Lanes _lanes;

    public LostActorTests()
        : base(Config)
    {
        var system = (ExtendedActorSystem)Sys;
        _engine = CreateTestProbe();
        _registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(new NodeScript(), Interval)));
        var settings = new TransportSettings(IsTcp: true, "", 0, FrameSizeMaxBytes: 5000, QueueSizeMax);
        _lanes = Unprotected.Listen(system, settings, _registry);
        _registry.Tell(_lanes);
        _registry.Tell(new RaftRegistry.EngineStarted(new Bench(this).Process), _engine);
        _peer = system.Provider.ResolveActorRef($"{Other}/system/raft/default/raft2#5");
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    [Fact]
    public void Engines_announce_their_actors_again_when_a_full_connection_dropped_an_announcement()
    {
        var peer = new LocalProcess("default", new ProcessName("raft2@node2"), _peer.Path.ToSerializationFormat());
        var registry = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef($"{Other}/system/raft");
        _registry.Tell(new NodeNews.Named(Other));
        _registry.Tell(new WireMessage.Hello([peer], IsReply: false), registry);
        _engine.FishForMessage<PeerNews.Found>(_ => true, Guard);
        using var other = Connect();
        var lane = _lanes.Find(_peer)!; // Justification: it is an engine of another node.
        var origin = new Member(new ProcessName("raft1@node1"), Incarnation.None);
        lane.TryWrite(_peer, new WireMessage.AppendRequest(new RequestId(origin, 1), "", new byte[4000], 0), _engine);
        lane.TryWrite(_peer, new WireMessage.AppendRequest(new RequestId(origin, 2), "", new byte[4000], 0), _engine);

        Assert.True(lane.TryWrite(_peer, new WireMessage.ActorAt(new ProcessName("raft1@node1"), ""), _engine));
        ((TestScheduler)Sys.Scheduler).Advance(Interval);

        Assert.Equal(peer.Name, _engine.FishForMessage<PeerNews.ActorLost>(_ => true, Guard).Name);
    }

    protected override void AfterAll()
    {
        _lanes.Dispose();
        _listener.Dispose();
        base.AfterAll();
    }

    private Socket Connect()
    {
        var opened = CreateTestProbe();
        Sys.EventStream.Subscribe(opened, typeof(Info));
        _lanes.Learn(Other, new WireMessage.LaneAt(((IPEndPoint)_listener.LocalEndPoint!).Port, Node)); // Justification: it is bound.
        var socket = _listener.Accept();
        var head = new byte[LaneHandshake.HeadSize];
        socket.Receive(head);
        socket.Receive(new byte[LaneHandshake.ReadHead(head)]);
        socket.Send(LaneHandshake.AnswerOf(Node));
        opened.FishForMessage<Info>(info => $"{info.Message}" == $"Raft messages to {Other} go by a connection of their own.", Guard);
        return socket;
    }
}
