using Akka.Actor;
using Akka.Cluster;

using static Akka.Cluster.ClusterEvent;

using AkkaCluster = Akka.Cluster.Cluster;

namespace Akka.Conformance.Tests.Cluster;

public sealed class ClusterTests() : Akka.TestKit.Xunit2.TestKit(Settings)
{
    private const string Settings =
        """
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        akka.cluster.roles = [writer]
        akka.test.single-expect-default = 20s
        """;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private AkkaCluster Cluster => AkkaCluster.Get(Sys);

    [Fact]
    public void Founder_is_up_without_an_event_of_its_joining()
    {
        Cluster.Subscribe(TestActor, typeof(IMemberEvent));
        ExpectMsg<CurrentClusterState>(state => Assert.Empty(state.Members));

        Cluster.Join(Cluster.SelfAddress);

        ExpectMsg<MemberUp>(up => Assert.Equal(Cluster.SelfUniqueAddress, up.Member.UniqueAddress));
    }

    [Fact]
    public async Task Founder_leads_and_has_the_configured_roles()
    {
        await JoinAsync(Sys);

        // The properties follow the events: on Akka.NET an actor of the extension updates them.
        AwaitCondition(() => Cluster.SelfMember.Status == MemberStatus.Up && Cluster.State.Leader is not null);
        Assert.Equal(["writer"], Cluster.SelfMember.Roles);
        Assert.Equal(["writer"], Cluster.SelfRoles);
        Assert.Equal(Cluster.SelfAddress, Cluster.State.Leader);
    }

    [Fact]
    public async Task State_is_sent_as_events_when_the_subscriber_asks_for_them()
    {
        await JoinAsync(Sys);

        Cluster.Subscribe(TestActor, SubscriptionInitialStateMode.InitialStateAsEvents, typeof(IMemberEvent));

        ExpectMsg<MemberUp>();
    }

    [Fact]
    public async Task Current_state_is_sent_on_request()
    {
        await JoinAsync(Sys);

        Cluster.SendCurrentClusterState(TestActor);

        ExpectMsg<CurrentClusterState>(state => Assert.Equal(Cluster.SelfUniqueAddress, Assert.Single(state.Members).UniqueAddress));
    }

    [Fact]
    public async Task Subscriber_receives_no_event_after_it_unsubscribed()
    {
        Cluster.Subscribe(TestActor, typeof(IMemberEvent));
        ExpectMsg<CurrentClusterState>();
        Cluster.Unsubscribe(TestActor);

        await JoinAsync(Sys);

        TestActor.Tell("last");
        ExpectMsg("last");
    }

    [Fact]
    public async Task Callbacks_run_when_the_member_is_up_and_at_once_when_it_is_up_already()
    {
        var (early, late) = (new TaskCompletionSource(), new TaskCompletionSource());
        Cluster.RegisterOnMemberUp(early.SetResult);
        await JoinAsync(Sys);

        Cluster.RegisterOnMemberUp(late.SetResult);

        await Task.WhenAll(early.Task, late.Task).WaitAsync(Guard);
    }

    [Fact]
    public async Task Leaving_member_is_removed_and_its_system_ends()
    {
        await JoinAsync(Sys);
        Cluster.Subscribe(TestActor, typeof(IMemberEvent));
        ExpectMsg<CurrentClusterState>();
        var removed = new TaskCompletionSource();
        Cluster.RegisterOnMemberRemoved(removed.SetResult);

        var left = Cluster.LeaveAsync();

        ExpectMsg<MemberLeft>();
        ExpectMsg<MemberExited>();
        await Task.WhenAll(left, removed.Task, Sys.WhenTerminated).WaitAsync(Guard);
        Assert.True(Cluster.LeaveAsync().IsCompleted);
        Assert.True(Cluster.IsTerminated);
    }

    [Fact]
    public async Task Two_nodes_see_each_other_and_the_older_is_the_one_that_came_first()
    {
        using var other = ActorSystem.Create(Sys.Name, Sys.Settings.Config);
        await JoinAsync(Sys);
        Cluster.Subscribe(TestActor, typeof(IMemberEvent));
        ExpectMsg<CurrentClusterState>();

        await JoinAsync(other);

        ExpectMsg<MemberJoined>();
        ExpectMsg<MemberUp>(up =>
        {
            Assert.Equal(AkkaCluster.Get(other).SelfUniqueAddress, up.Member.UniqueAddress);
            Assert.True(Cluster.SelfMember.IsOlderThan(up.Member));
        });
        await other.Terminate().WaitAsync(Guard);
        ExpectMsg<MemberLeft>();
        ExpectMsg<MemberExited>();
        ExpectMsg<MemberRemoved>(removed => Assert.Equal(MemberStatus.Exiting, removed.PreviousStatus));
    }

    [Fact]
    public async Task Member_that_is_declared_down_is_removed_and_its_system_ends()
    {
        using var other = ActorSystem.Create(Sys.Name, Sys.Settings.Config);
        await JoinAsync(Sys);
        await JoinAsync(other);
        Cluster.Subscribe(TestActor, typeof(MemberRemoved), typeof(MemberDowned));
        ExpectMsg<CurrentClusterState>();

        Cluster.Down(AkkaCluster.Get(other).SelfAddress);

        ExpectMsg<MemberDowned>();
        await other.WhenTerminated.WaitAsync(Guard);
    }

    /// <summary>Joins a node to the one of this test, and waits until it is up.</summary>
    private async Task JoinAsync(ActorSystem system)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AkkaCluster.Get(system).RegisterOnMemberUp(up.SetResult);
        AkkaCluster.Get(system).Join(Cluster.SelfAddress);
        await up.Task.WaitAsync(Guard);
    }
}
