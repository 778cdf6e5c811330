using System.Runtime.CompilerServices;

using Akka.Cluster;

using RaftActors.Coordination.Downing;

namespace RaftActors.Coordination.Tests;

/// <summary>
/// The downing provider in real clusters whose remoting is cut. Raft's own connections stay, unless the nodes of the group crash.
/// </summary>
public sealed class DowningTests : NodesTest
{
    private const string Config =
        """
        akka.cluster {
          downing-provider-class = "RaftActors.Coordination.RaftDowningProvider, RaftActors.Coordination"
          failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 2s }
        }
        akka.remote.dot-netty.tcp.applied-adapters = ["trttl"]
        raft-coordination.downing { stable-after = 1s, down-self-after = 8s }
        """;

    [Fact]
    public async Task Crashed_member_is_removed_by_the_others()
    {
        await StartAsync(3);

        await Nodes[2].CrashAsync();

        await Nodes[0].MembersAsync(2);
        await Nodes[1].MembersAsync(2);
        await using var client = Raft.Get(Nodes[0].System).CreateClient<string, string>("coordination");
        Assert.Contains(
            GroupHealth.Of(await client.StatusAsync()),
            problem => problem.Cause.EndsWith("the nodes of the Akka.Cluster down themselves.", StringComparison.Ordinal));
    }

    [Fact]
    public void State_of_a_cluster_is_not_read_before_its_constructor_has_returned()
    {
        // This system has no cluster, so Cluster.Get never returns one.
        using var system = ActorSystem.Create("alone", "akka.stdout-loglevel = OFF");
        var cluster = (Cluster)RuntimeHelpers.GetUninitializedObject(typeof(Cluster));
        var settings = new DowningSettings(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1));
        Func<RaftItems> items = () => RaftCoordination.Get(system).Items;
        var inbox = Inbox.Create(system);
        system.EventStream.Subscribe(inbox.Receiver, typeof(Error));

        system.ActorOf(Props.Create(() => new DowningActor(cluster, settings, items)));

        // The inbox throws it as it is, or in others.
        Assert.IsType<TimeoutException>(Record.Exception(() => inbox.Receive(10 * settings.Tick))?.GetBaseException());
    }

    [Fact]
    public async Task One_of_two_equal_sides_survives_and_the_other_ends()
    {
        await StartAsync(4);

        Cut([0, 1], [2, 3]);

        await Task.WhenAny(EndAsync(Nodes[0]), EndAsync(Nodes[2])).WaitAsync(Guard);
        var (lost, kept) = Cluster.Get(Nodes[0].System).IsTerminated ? (Nodes[..2], Nodes[2..]) : (Nodes[2..], Nodes[..2]);
        await Task.WhenAll(lost.Select(EndAsync)).WaitAsync(Guard);
        foreach (var node in kept)
        {
            await node.MembersAsync(2);
            Assert.False(Cluster.Get(node.System).IsTerminated);
        }
    }

    [Fact]
    public async Task Cut_between_two_members_that_a_third_one_reaches_downs_one_of_them()
    {
        await StartAsync(3);

        Cut([0], [1]);

        await Nodes[2].MembersAsync(2);
        await Task.WhenAny(EndAsync(Nodes[0]), EndAsync(Nodes[1])).WaitAsync(Guard);
        var kept = Nodes[Cluster.Get(Nodes[0].System).IsTerminated ? 1 : 0];
        await kept.MembersAsync(2);
        Assert.False(Cluster.Get(kept.System).IsTerminated);
    }

    [Fact]
    public async Task Member_that_reaches_no_quorum_of_the_group_downs_itself()
    {
        await StartAsync(3);

        await Task.WhenAll(Nodes[1].CrashAsync(), Nodes[2].CrashAsync());

        await EndAsync(Nodes[0]).WaitAsync(Guard);
    }

    [Fact]
    public async Task Node_that_is_downed_before_it_knows_that_it_is_a_member_ends()
    {
        var ports = FreePorts.Take(3);
        Nodes.AddRange(ports.Select(port => Node.StartAlone(port, ports, $"{Config}\nraft.discovery = node-names")));
        var self = ClusterView.NameOf(Cluster.Get(Nodes[2].System).SelfUniqueAddress);

        await Nodes[0].Coordination.Items.PutAsync(Decision.NameOf("coordination"), Decision.None.With([self]).ToText());

        await Nodes[2].System.WhenTerminated.WaitAsync(Guard);
        Assert.False(Nodes[1].System.WhenTerminated.IsCompleted);
    }

    [Theory]
    [InlineData("stable-after = 100ms", "stable-after is '100ms'; it must be 500ms to 10m.")]
    [InlineData("stable-after = 8s", "down-self-after is '10s'; it must be at least raft-coordination.downing.stable-after * 1.5, and")]
    public async Task Wrong_setting_is_named(string setting, string message)
    {
        using var system = ActorSystem.Create("wrong", $"raft-coordination.downing.{setting}");

        var thrown = Assert.Throws<RaftConfigurationException>(() => Downing.DowningSettings.Read(system));

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
        await system.Terminate();
    }

    [Theory]
    [InlineData("", 10)]
    [InlineData("akka.cluster.singleton.use-lease = akka.coordination.lease.raft", 10)]
    [InlineData("akka.cluster { singleton.use-lease = a, sharding.use-lease = a }", 0)]
    [InlineData("akka.cluster { singleton.use-lease = a, sharding.use-lease = a, down-removal-margin = 4s }", 4)]
    [InlineData("raft-coordination.downing.down-self-after = 20s", 20)]
    public async Task Singletons_and_shards_of_a_downed_member_move_after_a_margin_unless_both_have_a_lease(string config, int seconds)
    {
        using var system = ActorSystem.Create("margin", $"akka.stdout-loglevel = OFF\n{config}");

        Assert.Equal(TimeSpan.FromSeconds(seconds), DowningSettings.Read(system).RemovalMargin);

        await system.Terminate();
    }

    // A callback for the removal is lost if the cluster begins to end just then.
    private static async Task EndAsync(Node node)
    {
        var cluster = Cluster.Get(node.System);
        while (!cluster.IsTerminated)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private async Task StartAsync(int count)
    {
        Nodes.AddRange(Node.Start(count, Config, "akka.trttl.tcp"));
        foreach (var node in Nodes)
        {
            await node.MembersAsync(count);
        }

        await Nodes[0].Coordination.Items.GetAsync("the group answers", Guard);
    }

    private void Cut(int[] one, int[] other)
    {
        foreach (var (from, to) in one.SelectMany(a => other.Select(b => (a, b))))
        {
            Nodes[from].Cut(Nodes[to].Address);
            Nodes[to].Cut(Nodes[from].Address);
        }
    }
}
