using System.Collections.Immutable;

using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Engine;
using RaftActors.Tests.Groups;

namespace RaftActors.Tests.Discovery;

/// <summary>When a registry looks after the quiescent processes of its node.</summary>
public sealed class BeatTests : TestKit
{
    private static readonly ProcessName Leader = new("raft2@node2");
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly IActorRef _registry;

    public BeatTests()
        : base(VirtualGroup.Config)
    {
        var source = new NodeScript();
        _registry = Sys.ActorOf(Props.Create(() => new RaftRegistry(source, TimeSpan.FromSeconds(1))));
    }

    [Fact]
    public void Silent_node_is_noticed_at_the_pace_of_the_group_with_the_shortest_heartbeat_interval()
    {
        var (slow, fast) = (CreateTestProbe(), CreateTestProbe());
        _registry.Tell(Process("slow", slow, 10 * Interval));
        _registry.Tell(Process("fast", fast, Interval));

        for (var i = 0; i < 4; i++)
        {
            ((TestScheduler)Sys.Scheduler).Advance(Interval);
            Synchronize();
        }

        Assert.Equal(new PeerNews.Silent(Leader), fast.ExpectMsg<PeerNews.Silent>());
        slow.ExpectNoMsg(TimeSpan.Zero);
    }

    // The registry has taken all messages so far.
    private void Synchronize()
    {
        _registry.Tell(new Identify("now"), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private static QuietProcess Process(string group, IActorRef engine, TimeSpan interval)
    {
        ImmutableArray<(ProcessName, Address)> watched = [(Leader, new Address("akka.tcp", "raft", "node2", 2551))];
        return new QuietProcess(group, new ProcessName("raft1@node1"), engine, Leader, new Term(3), watched, interval, 3 * interval);
    }
}
