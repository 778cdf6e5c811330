namespace RaftActors.Tests.Network;

/// <summary>What each kind of message needs to pass, with its traces and without.</summary>
public sealed class MessageGateTests : TestKit, IClassFixture<TestKit.SharedSystem>
{
    // The samples of processes are on node1, at this address.
    private static readonly Address Peer = new("akka.tcp", "demo", "127.0.0.1", 2551);
    private static readonly Address Own = new("akka.tcp", "demo", "127.0.0.1", 2552);
    private static readonly string[] OfProcesses =
        [.. Samples.All.Where(each => each.Value is WireMessage.CoreMessage).Select(each => each.Key), "l"];

    private readonly NetworkContext _context;
    private readonly Actor _from = new(new RootActorPath(Peer) / "system" / "raft" / "orders" / "raft1");

    public MessageGateTests(SharedSystem shared)
        : base(shared)
    {
        var settings = new TransportSettings("127.0.0.1", 0, 1000, 1000);
        _context = Unprotected.ContextOf(this, Own, settings, _ => Nobody.Instance);
    }

    public static TheoryData<string> Manifests => new(Samples.All.Keys);

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Node_speaks_only_for_processes_that_its_certificate_names(string manifest)
    {
        var speaks = OfProcesses.Contains(manifest);

        Assert.All(WithTraces(manifest), message => Assert.True(GateOf("node1").Admits(message, _from)));
        Assert.All(
            WithTraces(manifest), message => Assert.Equal(!speaks, GateOf("node2").Admits(message, _from)));
    }

    [Fact]
    public void Node_does_not_bring_the_engine_of_another_address()
    {
        var (name, engine) = (new ProcessName("raft1@node1"), $"{Own}/system/raft/orders/raft1#42");
        WireMessage.Presence presence = new([new LocalProcess("orders", name, engine)], [], IsComplete: true);

        Assert.Empty(GateOf("node1").OfPeer(presence).Running);
    }

    // Without the last part of its list, the next change would count as the whole list.
    [Fact]
    public void List_with_a_process_of_another_node_loses_only_that_one()
    {
        var engine = $"{Peer}/system/raft/orders/raft1#42";
        LocalProcess own = new("orders", new ProcessName("raft1@node1"), engine);
        WireMessage.Presence presence = new([own, own with { Name = new ProcessName("raft2@node2") }], [], IsComplete: true);

        var told = GateOf("node1").OfPeer(presence);

        Assert.Equal(own, Assert.Single(told.Running));
        Assert.True(told.IsComplete);
    }

    // Its connection may have messages of other processes, which it may send.
    [Fact]
    public void Node_may_send_any_number_of_messages_that_are_refused()
    {
        var gate = GateOf("node2");

        Assert.All(Enumerable.Range(0, 200), _ => Assert.False(gate.Admits((WireMessage)Samples.All["cv"], _from)));
    }

    [Fact]
    public void Sender_at_another_address_is_refused()
    {
        var elsewhere = new Actor(new RootActorPath(Own) / "system" / "raft" / "orders" / "raft1");

        Assert.False(GateOf("node1").Admits((WireMessage)Samples.All["ar"], elsewhere));
    }

    private static WireMessage[] WithTraces(string manifest)
    {
        var message = (WireMessage)Samples.All[manifest];
        return [message, new WireMessage.Traced([], message)];
    }

    private MessageGate GateOf(string name) => new(new PeerIdentity(name, [name], ConnectionRole.Node), Peer, _context);

    private sealed class Actor(ActorPath path) : ActorRefBase
    {
        public override ActorPath Path => path;

        protected override void TellInternal(object message, IActorRef? sender)
        {
        }
    }
}
