using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Network;
using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Tests.Wire;
using RaftActors.Wire;

namespace RaftActors.Tests.Network;

/// <summary>What each kind of message needs to pass, with its traces and without.</summary>
public sealed class MessageGateTests : TestKit
{
    // The samples of processes are on node1, at this address.
    private static readonly Address Peer = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Own = new("akka.tcp", "demo", "127.0.0.1", 2552);
    private static readonly string[] OfProcesses =
        [.. Samples.All.Where(each => each.Value is WireMessage.CoreMessage).Select(each => each.Key), "h", "l", "w"];

    private readonly NetworkContext _context;
    private readonly Actor _to = new(new RootActorPath(Own) / "system" / "raft" / "orders" / "raft2");
    private readonly Actor _from = new(new RootActorPath(Peer) / "system" / "raft-client-1");

    public MessageGateTests()
    {
        var settings = new TransportSettings("127.0.0.1", 0, 1000, 1000);
        _context = new NetworkContext(settings, Own, 7, TestActor, Sys.Log, new TransportMetrics("gate"))
        {
            Foreign = new ForeignMessages((ExtendedActorSystem)Sys),
            Resolve = _ => _to,
        };
    }

    public static TheoryData<string> Manifests => new(Samples.All.Keys);

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Client_needs_the_role_of_the_message(string manifest)
    {
        var needed = manifest switch
        {
            "kw" => ConnectionRole.Writer,
            "km" or "kb" or "ki" or "kj" or "kn" or "kx" => ConnectionRole.Operator,
            "kl" or "kq" or "kg" or "ke" or "kh" or "kk" or "ks" => ConnectionRole.Reader,
            _ => ConnectionRole.Node,
        };

        foreach (var role in (ConnectionRole[])[ConnectionRole.Reader, ConnectionRole.Writer, ConnectionRole.Operator])
        {
            Assert.All(
                WithTraces(manifest),
                message => Assert.Equal(role >= needed, GateOf("billing", role).Admits(_to, message, _from)));
        }
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Node_speaks_only_for_processes_that_its_certificate_names(string manifest)
    {
        var speaks = OfProcesses.Contains(manifest);

        Assert.All(WithTraces(manifest), message => Assert.True(GateOf("node1", ConnectionRole.Node).Admits(_to, message, _from)));
        Assert.All(
            WithTraces(manifest), message => Assert.Equal(!speaks, GateOf("node2", ConnectionRole.Node).Admits(_to, message, _from)));
    }

    [Fact]
    public void Node_does_not_bring_the_engine_of_another_address()
    {
        var (name, engine) = (new ProcessName("raft1@node1"), $"{Own}/system/raft/orders/raft1#42");
        WireMessage.Hello hello = new([new LocalProcess("orders", name, engine)], IsReply: false);

        Assert.False(GateOf("node1", ConnectionRole.Node).Admits(_to, hello, _from));
    }

    [Fact]
    public void Node_does_not_bring_a_process_of_another_node_behind_its_own()
    {
        var engine = $"{Peer}/system/raft/orders/raft1#42";
        var hello = new WireMessage.Hello(
            [new("orders", new ProcessName("raft1@node1"), engine), new("orders", new ProcessName("raft2@node2"), engine)], IsReply: false);

        Assert.False(GateOf("node1", ConnectionRole.Node).Admits(_to, hello, _from));
    }

    [Fact]
    public void Client_that_sends_more_than_100_messages_of_nodes_is_damaged_and_refused_calls_do_not_count()
    {
        var gate = GateOf("billing", ConnectionRole.Reader);
        var unread = new WireMessage.Foreign(1520, "ot", default);
        for (var i = 0; i < 50; i++)
        {
            Assert.False(gate.AdmitsUnread(unread));
            Assert.False(gate.Admits(_to, Samples.All["cv"], _from));
            Assert.False(gate.Admits(_to, Samples.All["km"], _from));
        }

        Assert.Throws<InvalidDataException>(() => gate.Admits(_to, Samples.All["cv"], _from));
        Assert.Throws<InvalidDataException>(() => gate.AdmitsUnread(unread));
    }

    // Its connection may have messages of other processes, which it may send.
    [Fact]
    public void Node_may_send_any_number_of_messages_that_are_refused()
    {
        var gate = GateOf("node2", ConnectionRole.Node);

        Assert.All(Enumerable.Range(0, 200), _ => Assert.False(gate.Admits(_to, Samples.All["cv"], _from)));
    }

    [Fact]
    public void Sender_at_another_address_is_refused()
    {
        var elsewhere = new Actor(new RootActorPath(Own) / "system" / "raft-client-1");

        Assert.False(GateOf("node1", ConnectionRole.Node).Admits(_to, new ClientCall.Status(), elsewhere));
        Assert.False(GateOf("billing", ConnectionRole.Reader).Admits(_to, new ClientCall.Status(), elsewhere));
    }

    [Fact]
    public void Refused_call_is_answered_and_a_message_of_nodes_is_not()
    {
        var gate = GateOf("billing", ConnectionRole.Reader);
        foreach (var manifest in (string[])["kw", "km", "a", "cv"])
        {
            foreach (var message in WithTraces(manifest))
            {
                gate.Admits(_to, message, _from);
            }
        }

        Assert.Equal(2, _from.Told.OfType<Outcome<object?>.NotCommitted>().Count(refusal =>
            refusal.Reason == NotCommittedReason.Unauthorized
            && refusal.Request.Origin == ((ClientCall.Append)Samples.All["kw"]).Session.Origin.Name));
        Assert.Equal(2, _from.Told.OfType<ClientReply.Forbidden>().Count());
        Assert.Equal(4, _from.Told.Count);
    }

    [Fact]
    public void Bytes_of_other_serializers_are_read_from_nodes_only()
    {
        var foreign = new WireMessage.Foreign(1520, "ot", default);

        Assert.True(GateOf("node1", ConnectionRole.Node).AdmitsUnread(foreign));
        Assert.True(GateOf("billing", ConnectionRole.Reader).AdmitsUnread(new ClientCall.Status()));
        Assert.False(GateOf("billing", ConnectionRole.Operator).AdmitsUnread(foreign));
    }

    private static WireMessage[] WithTraces(string manifest)
    {
        var message = (WireMessage)Samples.All[manifest];
        return [message, new WireMessage.Traced([], message)];
    }

    private MessageGate GateOf(string name, ConnectionRole role) => new(new PeerIdentity(name, [name], role), Peer, role, _context);

    private sealed class Actor(ActorPath path) : ActorRefBase
    {
        public override ActorPath Path => path;

        public List<object> Told { get; } = [];

        protected override void TellInternal(object message, IActorRef? sender) => Told.Add(message);
    }
}
