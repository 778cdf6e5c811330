using System.Collections.Immutable;

using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Engine;
using RaftActors.Tests.Groups;
using RaftActors.Wire;

using VirtualTime;

namespace RaftActors.Tests.Discovery;

/// <summary>When a registry looks after the quiescent processes of its node.</summary>
public sealed class BeatTests : TestKit
{
    private static readonly ProcessName Leader = new("raft2@node2");
    private static readonly Address Node = new("akka.tcp", "raft", "node2", 2551);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly IActorRef _registry;

    public BeatTests()
        : base(VirtualGroup.Config)
    {
        var source = new Script();
        _registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(source, TimeSpan.FromSeconds(1))));
    }

    [Fact]
    public void Silent_node_is_noticed_at_the_pace_of_the_group_with_the_shortest_heartbeat_interval()
    {
        var (slow, fast) = (CreateTestProbe(), CreateTestProbe());
        _registry.Tell(Process("slow", slow, 10 * Interval));
        _registry.Tell(Process("fast", fast, Interval));

        Synchronize();
        Pass(4);

        Assert.Equal(new PeerNews.Silent(Leader), fast.ExpectMsg<PeerNews.Silent>());
        slow.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Node_whose_beat_waits_in_the_mailbox_is_not_silent()
    {
        var (engine, node) = (CreateTestProbe(), new OtherNode(Sys));
        using var isBusy = new ManualResetEventSlim();
        _registry.Tell(Process("group", engine, Interval));
        Synchronize();
        Pass(2);

        // The registry is busy until the time of its next beat has come, and the beat of the other node came after that.
        _registry.Tell(new Busy(isBusy));
        ((VirtualScheduler)Sys.Scheduler).Advance(Interval);
        _registry.Tell(new WireMessage.NodeBeat([.. new ulong[WireMessage.NodeBeat.Parts]]), node);
        isBusy.Set();
        Synchronize();
        Synchronize();

        engine.ExpectNoMsg(TimeSpan.Zero);
    }

    private void Pass(int intervals)
    {
        for (var i = 0; i < intervals; i++)
        {
            ((VirtualScheduler)Sys.Scheduler).Advance(Interval);

            // A second one, because the time of a beat brings a message of the registry to itself.
            Synchronize();
            Synchronize();
        }
    }

    // The registry has taken all messages so far.
    private void Synchronize()
    {
        _registry.Tell(new Identify("now"), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private static QuietProcess Process(string group, IActorRef engine, TimeSpan interval)
    {
        ImmutableArray<(ProcessName, Address)> watched = [(Leader, Node)];
        return new QuietProcess(group, new ProcessName("raft1@node1"), engine, Leader, new Term(3), watched, interval, 3 * interval);
    }

    // Read by the source of nodes: the registry does nothing else until the event is set.
    private sealed record Busy(ManualResetEventSlim Until);

    private sealed class Script : INodeSource
    {
        public string WhyNoNodes => "";

        public void Start(IActorRef registry)
        {
        }

        public void Stop(IActorRef registry)
        {
        }

        public IEnumerable<NodeNews>? Read(object message)
        {
            (message as Busy)?.Until.Wait();
            return message is Busy ? [] : null;
        }
    }

    private sealed class OtherNode(ActorSystem system) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Node) / "system" / "raft";

        public override IActorRefProvider Provider => ((ExtendedActorSystem)system).Provider;
    }
}
