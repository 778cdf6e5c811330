using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Embedded.Tests.Remote;
using static Akka.Cluster.ClusterEvent;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Akka.Embedded.Tests.Cluster;

/// <summary>Cluster nodes in one process, over real sockets.</summary>
public sealed class ClusterTests : Systems
{
    private const string Node = "akka.actor.provider = cluster";

    // For tests with an unreachable node. The others use Akka's default pause, which a busy machine does not exceed.
    private const string Quick = """
        akka.cluster.failure-detector { heartbeat-interval = 50ms, acceptable-heartbeat-pause = 2s }
        akka.cluster.unreachable-nodes-reaper-interval = 50ms
        """;

    [Fact]
    public async Task Four_nodes_that_start_together_are_all_up()
    {
        var nodes = StartNodes(4);

        foreach (var node in nodes)
        {
            await UpAsync(node, nodes);
        }

        var leaders = nodes.Select(node => AkkaCluster.Get(node).State.Leader).Distinct();
        Assert.Equal([nodes.Min(AddressOf)], leaders);
    }

    [Fact]
    public async Task Members_that_joined_one_after_the_other_are_as_old_as_they_joined()
    {
        var nodes = new List<ActorSystem>();
        for (var i = 0; i < 3; i++)
        {
            nodes.Add(StartNode(seed: nodes.FirstOrDefault()));
            await UpAsync(nodes[i], nodes);
        }

        var members = AkkaCluster.Get(nodes[2]).State.Members;
        var oldestFirst = members.OrderBy(m => m, Comparer<Member>.Create((x, y) => x.IsOlderThan(y) ? -1 : 1));
        Assert.Equal(nodes.Select(AddressOf), oldestFirst.Select(m => m.Address));
    }

    [Fact]
    public async Task Subscriber_receives_the_events_of_a_member_in_order()
    {
        var first = StartNode();
        await UpAsync(first, [first]);
        var probe = new Probe(first);
        AkkaCluster.Get(first).Subscribe(probe.Ref, SubscriptionInitialStateMode.InitialStateAsEvents, typeof(IMemberEvent));
        Assert.Equal(AddressOf(first), (await probe.ExpectAsync<MemberUp>()).Member.Address);

        var second = StartNode(seed: first);
        var address = AddressOf(second);
        Assert.Equal(address, (await probe.ExpectAsync<MemberJoined>()).Member.Address);
        Assert.Equal(address, (await probe.ExpectAsync<MemberUp>()).Member.Address);

        await AkkaCluster.Get(second).LeaveAsync().WaitAsync(Probe.Patience);
        Assert.Equal(address, (await probe.ExpectAsync<MemberLeft>()).Member.Address);
        Assert.Equal(address, (await probe.ExpectAsync<MemberExited>()).Member.Address);
        Assert.Equal(MemberStatus.Exiting, (await probe.ExpectAsync<MemberRemoved>()).PreviousStatus);

        // By default a node that has left the cluster terminates its actor system.
        await second.WhenTerminated.WaitAsync(Probe.Patience);
        Assert.True(AkkaCluster.Get(second).IsTerminated);
    }

    [Fact]
    public async Task Subscriber_receives_a_snapshot_first_and_no_events_after_it_unsubscribed()
    {
        var node = StartNode(config: "akka.cluster.roles = [raft]");
        await UpAsync(node, [node]);
        var probe = new Probe(node);
        var cluster = AkkaCluster.Get(node);

        cluster.Subscribe(probe.Ref, typeof(IClusterDomainEvent));
        var state = await probe.ExpectAsync<CurrentClusterState>();
        cluster.Unsubscribe(probe.Ref);
        cluster.SendCurrentClusterState(probe.Ref);

        Assert.Equal([AddressOf(node)], state.Members.Select(m => m.Address));
        Assert.Equal(["raft"], state.AllRoles);
        Assert.Equal(AddressOf(node), state.RoleLeader("raft"));
        await probe.ExpectAsync<CurrentClusterState>();
        Assert.Throws<ArgumentException>(() => cluster.Subscribe(probe.Ref, typeof(string)));
    }

    [Fact]
    public async Task Roles_of_a_member_are_known_to_all()
    {
        var nodes = StartNodes(2, i => $"akka.cluster.roles = [raft, node{i}]");

        await UpAsync(nodes[1], nodes);

        var first = AkkaCluster.Get(nodes[1]).State.Members.Single(m => m.Address == AddressOf(nodes[0]));
        Assert.Equal(["node0", "raft"], first.Roles.Order());
        Assert.True(first.HasRole("raft"));
        Assert.Equal(["node1", "raft"], AkkaCluster.Get(nodes[1]).SelfRoles.Order());
    }

    [Fact]
    public async Task Terminated_system_leaves_first_and_is_never_unreachable()
    {
        var nodes = StartNodes(3);
        await UpAsync(nodes[0], nodes);
        await UpAsync(nodes[2], nodes);
        var probe = Subscribe<IClusterDomainEvent>(nodes[0]);

        await nodes[2].Terminate().WaitAsync(Probe.Patience);
        var removed = await UntilAsync<MemberRemoved>(probe, passing: e => e is not UnreachableMember);

        Assert.Equal(AddressOf(nodes[2]), removed.Member.Address);
        Assert.Equal(MemberStatus.Exiting, removed.PreviousStatus);
    }

    [Fact]
    public async Task All_nodes_terminated_at_once_end_without_waiting_for_each_other()
    {
        const string Patient = """
            akka.coordinated-shutdown.default-phase-timeout = 1h
            akka.coordinated-shutdown.phases.cluster-exiting.timeout = 1h
            """;
        var nodes = StartNodes(4, _ => Patient);
        foreach (var node in nodes)
        {
            await UpAsync(node, nodes);
        }

        await Task.WhenAll(nodes.Select(node => node.Terminate())).WaitAsync(Probe.Patience);
    }

    [Fact]
    public async Task Node_that_died_is_unreachable_until_it_is_declared_down_and_then_quarantined()
    {
        var nodes = StartNodes(3, _ => Quick);
        await UpAsync(nodes[0], nodes);
        await UpAsync(nodes[1], nodes);
        var (probe, quarantined) = (Subscribe<IClusterDomainEvent>(nodes[0]), Probe.Of<Akka.Remote.QuarantinedEvent>(nodes[1]));
        var address = AddressOf(nodes[2]);

        await Kill(nodes[2]);
        await probe.NextAsync<UnreachableMember>(e => e.Member.Address == address);
        Assert.Contains(address, AkkaCluster.Get(nodes[0]).State.Unreachable.Select(m => m.Address));
        AkkaCluster.Get(nodes[1]).Down(address);

        Assert.Equal(address, (await probe.NextAsync<MemberDowned>()).Member.Address);
        Assert.Equal(MemberStatus.Down, (await probe.NextAsync<MemberRemoved>()).PreviousStatus);
        Assert.Equal(address, (await quarantined.NextAsync<Akka.Remote.QuarantinedEvent>()).Address);
    }

    [Fact]
    public async Task Node_that_terminates_while_joining_is_removed()
    {
        var first = StartNode();
        await UpAsync(first, [first]);
        var probe = Subscribe<IMemberEvent>(first);

        var hasty = StartNode(seed: first);
        await probe.NextAsync<MemberJoined>();
        await hasty.Terminate().WaitAsync(Probe.Patience);

        Assert.Equal(AddressOf(hasty), (await probe.NextAsync<MemberRemoved>()).Member.Address);
    }

    [Fact]
    public async Task Living_node_terminates_when_it_is_declared_down()
    {
        var nodes = StartNodes(3);
        await UpAsync(nodes[0], nodes);
        await UpAsync(nodes[2], nodes);
        var probe = Subscribe<MemberRemoved>(nodes[0]);

        AkkaCluster.Get(nodes[0]).Down(AddressOf(nodes[2]));

        Assert.Equal(AddressOf(nodes[2]), (await probe.NextAsync<MemberRemoved>()).Member.Address);
        await nodes[2].WhenTerminated.WaitAsync(Probe.Patience);
    }

    [Fact]
    public async Task Restarted_node_replaces_its_earlier_incarnation()
    {
        var nodes = StartNodes(2);
        var seeds = $"{Node}\nakka.cluster.seed-nodes = [\"{AddressOf(nodes[0])}\"]";
        var (dying, proxy) = StartBehindProxy("c", seeds);
        await UpAsync(nodes[0], [.. nodes, dying]);
        var probe = Subscribe<IMemberEvent>(nodes[0]);
        var former = AkkaCluster.Get(dying).SelfUniqueAddress;
        await probe.NextAsync<CurrentClusterState>();

        await Kill(dying);
        var reborn = Restart("c", proxy, seeds);

        Assert.Equal(former, (await probe.NextAsync<MemberRemoved>()).Member.UniqueAddress);
        var up = await probe.NextAsync<MemberUp>();
        Assert.Equal(AkkaCluster.Get(reborn).SelfUniqueAddress, up.Member.UniqueAddress);
        Assert.Equal(former.Address, up.Member.Address);
        Assert.NotEqual(former.Uid, up.Member.UniqueAddress.Uid);
        await UpAsync(reborn, [.. nodes, reborn]);
    }

    [Fact]
    public async Task Member_behind_a_silent_link_is_unreachable_and_reachable_again_when_the_link_is_back()
    {
        var first = StartNode(config: Quick);
        var (second, proxy) = StartBehindProxy("c", $"{Node}\n{Quick}\nakka.cluster.seed-nodes = [\"{AddressOf(first)}\"]");
        await UpAsync(first, [first, second]);
        var probe = Subscribe<ReachabilityEvent>(first);

        proxy.Freeze();
        Assert.Equal(AddressOf(second), (await probe.NextAsync<UnreachableMember>()).Member.Address);
        proxy.Thaw();
        Assert.Equal(AddressOf(second), (await probe.NextAsync<ReachableMember>()).Member.Address);
        await UpAsync(first, [first, second]);
    }

    [Fact]
    public async Task Watcher_receives_Terminated_when_the_actors_member_is_removed()
    {
        var nodes = StartNodes(2, _ => Quick);
        await UpAsync(nodes[0], nodes);
        var watcher = new Probe(nodes[0]);
        var remote = Ref(nodes[0], nodes[1].ActorOf(Props.Create(() => new Echo()), "echo"), owner: nodes[1]);
        watcher.Watch(remote);
        await remote.Ask<string>("there", Probe.Patience);
        var probe = Subscribe<UnreachableMember>(nodes[0]);

        await Kill(nodes[1]);
        await probe.NextAsync<UnreachableMember>();
        AkkaCluster.Get(nodes[0]).Down(AddressOf(nodes[1]));

        Assert.True((await watcher.NextAsync<Terminated>()).AddressTerminated);
    }

    [Fact]
    public async Task Members_become_up_only_when_the_minimum_number_has_joined()
    {
        var first = StartNode(config: "akka.cluster.min-nr-of-members = 2");
        var probe = new Probe(first);
        AkkaCluster.Get(first).Subscribe(probe.Ref, SubscriptionInitialStateMode.InitialStateAsEvents, typeof(IMemberEvent));
        await probe.ExpectAsync<MemberJoined>();
        var up = new TaskCompletionSource();
        AkkaCluster.Get(first).RegisterOnMemberUp(up.SetResult);

        var second = StartNode(seed: first);

        Assert.Equal(AddressOf(second), (await probe.ExpectAsync<MemberJoined>()).Member.Address);
        await probe.ExpectAsync<MemberUp>();
        await up.Task.WaitAsync(Probe.Patience);
        Assert.True(AkkaCluster.Get(first).IsUp);
    }

    [Fact]
    public async Task Joining_node_is_weakly_up_until_the_unreachable_member_is_declared_down()
    {
        var nodes = StartNodes(2, _ => $"{Quick}\nakka.cluster {{ allow-weakly-up-members = 100ms, leader-actions-interval = 50ms }}");
        await UpAsync(nodes[0], nodes);
        var probe = Subscribe<IClusterDomainEvent>(nodes[0]);
        await Kill(nodes[1]);
        await probe.NextAsync<UnreachableMember>();

        var third = StartNode(seed: nodes[0]);
        Assert.Equal(AddressOf(third), (await probe.NextAsync<MemberWeaklyUp>()).Member.Address);
        AkkaCluster.Get(nodes[0]).Down(AddressOf(nodes[1]));

        Assert.Equal(AddressOf(third), (await probe.NextAsync<MemberUp>()).Member.Address);
    }

    [Fact]
    public async Task Node_that_finds_no_seed_in_time_terminates_its_actor_system()
    {
        using var nobody = new TcpProxy();

        var node = Start("c", $"""
            {Node}
            akka.cluster.seed-nodes = ["akka.tcp://c@127.0.0.1:{nobody.Port}"]
            akka.cluster.shutdown-after-unsuccessful-join-seed-nodes = 100ms
            """);

        await node.WhenTerminated.WaitAsync(Probe.Patience);
    }

    [Fact]
    public async Task Node_joins_when_its_seed_starts_later()
    {
        using var proxy = new TcpProxy();
        var seeds = $"{Node}\nakka.cluster.seed-nodes = [\"akka.tcp://c@127.0.0.1:{proxy.Port}\"]";

        var early = Start("c", seeds);
        await Probe.Of<Akka.Remote.AssociationErrorEvent>(early).NextAsync<Akka.Remote.AssociationErrorEvent>();
        var seed = Restart("c", proxy, seeds);

        await UpAsync(early, [early, seed]);
    }

    [Fact]
    public async Task Removed_callback_runs_after_the_node_has_left_even_when_registered_late()
    {
        var node = StartNode();
        await UpAsync(node, [node]);
        var (early, late) = (new TaskCompletionSource(), new TaskCompletionSource());
        AkkaCluster.Get(node).RegisterOnMemberRemoved(early.SetResult);

        await node.Terminate().WaitAsync(Probe.Patience);
        AkkaCluster.Get(node).RegisterOnMemberRemoved(late.SetResult);

        await Task.WhenAll(early.Task, late.Task).WaitAsync(Probe.Patience);
        Assert.Equal(MemberStatus.Removed, AkkaCluster.Get(node).SelfMember.Status);
    }

    [Fact]
    public void Cluster_of_a_system_without_the_cluster_provider_is_refused_with_the_correction()
    {
        var error = Assert.Throws<ConfigurationException>(() => AkkaCluster.Get(Start("c")));

        Assert.Contains("akka.actor.provider", error.Message);
    }

    [Theory]
    [InlineData("akka.tcp://other@127.0.0.1:2551", "other")]
    [InlineData("127.0.0.1:2551", "not an address")]
    public void Start_fails_with_the_text_of_an_invalid_seed_node(string seed, string because)
    {
        var error = Assert.Throws<ConfigurationException>(() => Start("c", $"{Node}\nakka.cluster.seed-nodes = [\"{seed}\"]"));

        Assert.Contains($"[{seed}]", error.Message);
        Assert.Contains(because, error.Message);
    }

    /// <summary>Starts nodes. The first one is the seed.</summary>
    private List<ActorSystem> StartNodes(int count, Func<int, string>? config = null)
    {
        var nodes = new List<ActorSystem>();
        for (var i = 0; i < count; i++)
        {
            nodes.Add(StartNode(nodes.FirstOrDefault(), config?.Invoke(i) ?? ""));
        }
        return nodes;
    }

    private ActorSystem StartNode(ActorSystem? seed = null, string config = "")
    {
        var node = Start("c", $"{Node}\n{config}");
        AkkaCluster.Get(node).JoinSeedNodes([AddressOf(seed ?? node)]);
        return node;
    }

    /// <summary>Waits until a node sees exactly these members as Up and reachable.</summary>
    private static async Task UpAsync(ActorSystem node, IEnumerable<ActorSystem> expected)
    {
        var addresses = expected.Select(AddressOf).ToImmutableHashSet();
        var probe = Subscribe<IClusterDomainEvent>(node);
        while (!addresses.SetEquals(AkkaCluster.Get(node).State is var state && state.Unreachable.IsEmpty
            ? state.Members.Where(m => m.Status == MemberStatus.Up).Select(m => m.Address)
            : []))
        {
            // An event, or the snapshot that precedes the events.
            await probe.NextAsync<object>();
        }
        AkkaCluster.Get(node).Unsubscribe(probe.Ref);
    }

    private static Probe Subscribe<TEvent>(ActorSystem node)
    {
        var probe = new Probe(node);
        AkkaCluster.Get(node).Subscribe(probe.Ref, typeof(TEvent));
        return probe;
    }

    private static async Task<T> UntilAsync<T>(Probe probe, Func<object, bool> passing)
    {
        while (true)
        {
            var next = await probe.NextAsync<object>();
            if (next is T wanted)
            {
                return wanted;
            }
            Assert.True(passing(next), $"{next} came first");
        }
    }

    /// <summary>Simulates a crash: closes the connections without any further message.</summary>
    private static async Task Kill(ActorSystem node)
    {
        await TransportOf(node).StopAsync();
        await ((ActorSystemImpl)node).FinalTerminate().WaitAsync(Probe.Patience);
    }
}
