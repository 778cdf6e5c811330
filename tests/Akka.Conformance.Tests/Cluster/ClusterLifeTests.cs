using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

using static Akka.Cluster.ClusterEvent;

using AkkaCluster = Akka.Cluster.Cluster;

namespace Akka.Conformance.Tests.Cluster;

/// <summary>Leaders, addresses, and the ways into and out of a cluster.</summary>
public sealed class ClusterLifeTests() : Akka.TestKit.Xunit2.TestKit(Settings)
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
    public void Cluster_of_a_system_with_another_provider_is_refused()
    {
        using var system = ActorSystem.Create("local");

        Assert.Throws<ConfigurationException>(() => AkkaCluster.Get(system));
    }

    [Fact]
    public void Address_of_the_node_is_that_of_its_remoting()
    {
        Assert.Equal(((ExtendedActorSystem)Sys).Provider.DefaultAddress, Cluster.SelfAddress);
        Assert.NotEqual(0, Cluster.SelfAddress.Port);
    }

    [Fact]
    public async Task Node_joins_and_leaves_itself_by_its_local_address()
    {
        var local = Sys.ActorOf(Silent.Props).Path.Address;
        Assert.True(local.HasLocalScope);

        await JoinAsync(Sys, local);
        Cluster.Leave(local);

        await Sys.WhenTerminated.WaitAsync(Guard);
        Assert.True(Cluster.IsTerminated);
    }

    [Fact]
    public async Task Cancelled_wait_for_the_leaving_does_not_end_another_one()
    {
        await JoinAsync(Sys, Cluster.SelfAddress);

        var cancelled = Cluster.LeaveAsync(new CancellationToken(canceled: true));
        var other = Cluster.LeaveAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await other.WaitAsync(Guard);
    }

    [Theory]
    [InlineData(1, MemberStatus.Up)]
    [InlineData(2, MemberStatus.Joining)]
    public async Task Node_leaves_by_the_coordinated_shutdown_whatever_its_status(int minimum, MemberStatus status)
    {
        var config = ConfigurationFactory.ParseString($"akka.cluster.min-nr-of-members = {minimum}").WithFallback(Sys.Settings.Config);
        using var system = ActorSystem.Create("leaving", config);
        var cluster = AkkaCluster.Get(system);
        var probe = CreateTestProbe(system);
        cluster.Join(cluster.SelfAddress);
        AwaitAssert(() => Assert.Equal(status, Assert.Single(cluster.State.Members).Status), Guard);
        cluster.Subscribe(probe, typeof(MemberRemoved));
        probe.ExpectMsg<CurrentClusterState>(Guard);
        var removed = new TaskCompletionSource();
        cluster.RegisterOnMemberRemoved(removed.SetResult);

        var shutdown = CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);

        await Task.WhenAll(shutdown, removed.Task, system.WhenTerminated).WaitAsync(Guard);
    }

    [Fact]
    public async Task Leader_is_the_member_with_the_lowest_address_and_changes_when_it_leaves()
    {
        using var other = ActorSystem.Create(Sys.Name, Sys.Settings.Config);
        var theirs = AkkaCluster.Get(other).SelfAddress;
        Cluster.Subscribe(TestActor, typeof(LeaderChanged), typeof(RoleLeaderChanged));
        ExpectMsg<CurrentClusterState>(state => Assert.Null(state.Leader));
        await JoinAsync(Sys, Cluster.SelfAddress);
        ExpectLeader(Cluster.SelfAddress);

        await JoinAsync(other, Cluster.SelfAddress);
        var first = Member.AddressOrdering.Compare(theirs, Cluster.SelfAddress) < 0 ? theirs : Cluster.SelfAddress;
        AwaitAssert(() => Assert.Equal((2, first), (Cluster.State.Members.Count, Cluster.State.Leader)), Guard);
        if (first == theirs)
        {
            ExpectLeader(theirs);
        }

        await AkkaCluster.Get(other).LeaveAsync().WaitAsync(Guard);
        AwaitAssert(() => Assert.Equal(Cluster.SelfAddress, Cluster.State.Leader), Guard);
        if (first == theirs)
        {
            ExpectLeader(Cluster.SelfAddress);
        }

        // No event came for a leader that stayed the same.
        TestActor.Tell("last");
        ExpectMsg("last");
    }

    [Fact]
    public async Task Two_clusters_stay_apart_when_a_member_of_one_is_told_to_join_the_other()
    {
        using var other = ActorSystem.Create(Sys.Name, Sys.Settings.Config);
        using var third = ActorSystem.Create(Sys.Name, Sys.Settings.Config);
        await JoinAsync(Sys, Cluster.SelfAddress);
        await JoinAsync(other, AkkaCluster.Get(other).SelfAddress);

        AkkaCluster.Get(other).Join(Cluster.SelfAddress);
        await JoinAsync(third, Cluster.SelfAddress);

        Assert.Equal(
            new[] { Cluster.SelfAddress, AkkaCluster.Get(third).SelfAddress }.Order(Member.AddressOrdering),
            Cluster.State.Members.Select(member => member.Address));
        Assert.Single(AkkaCluster.Get(other).State.Members);
    }

    [Fact]
    public async Task System_ends_when_it_finds_no_seed_in_the_configured_time()
    {
        var config = ConfigurationFactory.ParseString("""
            akka.cluster {
              seed-node-timeout = 50ms
              retry-unsuccessful-join-after = 50ms
              shutdown-after-unsuccessful-join-seed-nodes = 200ms
            }
            """).WithFallback(Sys.Settings.Config);
        using var system = ActorSystem.Create("alone", config);

        AkkaCluster.Get(system).JoinSeedNodes([new Address("akka.tcp", "alone", "127.0.0.1", 1)]);

        await system.WhenTerminated.WaitAsync(Guard);
    }

    [Fact]
    public async Task Member_is_the_same_whatever_its_status_and_takes_only_legal_steps()
    {
        await JoinAsync(Sys, Cluster.SelfAddress);
        var up = Cluster.SelfMember;

        var leaving = up.Copy(MemberStatus.Leaving);

        Assert.Equal((up, up.GetHashCode()), (leaving, leaving.GetHashCode()));
        Assert.Equal(0, up.CompareTo(leaving));
        Assert.Equal(leaving.Status, Member.HighestPriorityOf(up, leaving).Status);
        Assert.Throws<InvalidOperationException>(() => up.Copy(MemberStatus.Joining));
        Assert.True(up.HasRole("writer"));
    }

    [Theory]
    [InlineData("akka.tcp://cluster@a:2", "akka.tcp://cluster@b:1")]
    [InlineData("akka.tcp://cluster@a:2", "akka.tcp://cluster@a:10")]
    [InlineData("akka.tcp://cluster@host1:9000", "akka.tcp://cluster@host2:8000")]
    [InlineData("akka.tcp://z@a:1", "akka://a@b:1")]
    public void Addresses_are_ordered_by_host_and_port(string lower, string higher)
    {
        var (one, two) = (Address.Parse(lower), Address.Parse(higher));

        Assert.True(Member.AddressOrdering.Compare(one, two) < 0);
        Assert.True(Member.AddressOrdering.Compare(two, one) > 0);
        Assert.Equal(0, Member.AddressOrdering.Compare(one, Address.Parse(lower)));
    }

    /// <summary>Expects the two events of a new leader, in any order.</summary>
    private void ExpectLeader(Address leader)
    {
        foreach (var message in ReceiveN(2, Guard))
        {
            Assert.Equal(leader, message is LeaderChanged changed ? changed.Leader : ((RoleLeaderChanged)message).Leader);
        }
    }

    /// <summary>Joins a node to an address, and waits until it is up.</summary>
    private static async Task JoinAsync(ActorSystem system, Address to)
    {
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AkkaCluster.Get(system).RegisterOnMemberUp(up.SetResult);
        AkkaCluster.Get(system).Join(to);
        await up.Task.WaitAsync(Guard);
    }
}
