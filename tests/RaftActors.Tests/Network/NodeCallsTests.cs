namespace RaftActors.Tests.Network;

/// <summary>The inboxes of a node, and the calls that other nodes pass on to them.</summary>
public sealed class NodeCallsTests() : TestKit(VirtualGroup.Config)
{
    private static readonly CallTarget Target = new("orders", new ProcessName("raft1@node1"));

    private readonly NodeCalls _calls = new();

    [Fact]
    public void Engine_that_ends_late_does_not_take_the_place_of_its_successor()
    {
        CallInbox former = new(TestActor);
        CallInbox next = new(TestActor);
        _calls.Add(Target, former);
        _calls.Add(Target, next);

        _calls.Remove(Target, former);

        Assert.Same(next, _calls.Find(Target));
    }

    [Fact]
    public void Call_that_another_node_passes_on_to_a_full_inbox_fails_as_busy()
    {
        var context = NewContext();
        CallInbox inbox = new(TestActor);
        _calls.Add(Target, inbox);
        Assert.True(inbox.Untaken.TryAdd((int)Backlog.CallsSizeMaxBytes));
        ByteWriter writer = new();
        CallFormat.WriteCall(writer, 7, Target, Wire.Samples.Calls.OfType<ClientCall.Append>().First());

        _calls.Take(new WireMessage.Call(writer.ToArray()), TestActor, FormatRange.Own.Highest, new(), context);

        var reader = ByteReader.OfKept(ExpectMsg<WireMessage.Reply>().Frame);
        Assert.Equal(7, CallFormat.ReadHead(ref reader));
        var reply = Assert.IsAssignableFrom<IOutcome>(context.Outcomes.ReadReply(ref reader, default));
        Assert.Equal(FailureReason.Busy, reply.Failure?.Reason);
    }

    [Fact]
    public void Call_that_is_taken_twice_leaves_its_inbox_once()
    {
        var backlog = Backlog.OfCalls();
        PeerCaller caller = new(TestActor, Number: 7, FormatRange.Own.Highest, NewContext()) { SizeBytes = 10 };
        Assert.True(caller.TryWait(backlog, window: null));

        WaitingCaller.OnTaken(caller);
        WaitingCaller.OnTaken(caller);

        Assert.Equal((0, 0), (backlog.Count, backlog.Bytes));
    }

    private NetworkContext NewContext()
    {
        Raft.Get(Sys);
        var settings = TransportSettings.Read(Sys.Settings.Config.GetConfig("raft"));
        return Unprotected.ContextOf(this, Address.Parse("akka.tcp://near@127.0.0.1:1"), settings, _ => ActorRefs.Nobody);
    }
}
