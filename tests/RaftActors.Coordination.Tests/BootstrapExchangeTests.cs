namespace RaftActors.Coordination.Tests;

/// <summary>Real nodes that find their cluster by the group. Its test has a class of its own, because it takes longest.</summary>
public sealed class BootstrapExchangeTests : BootstrapTest
{
    [Fact]
    public async Task Joiner_finds_the_cluster_after_all_its_first_members_were_exchanged()
    {
        Nodes.AddRange(Ports.Select(Start));
        await Nodes[0].MembersAsync(3);
        for (var place = 0; place < Ports.Count; place++)
        {
            var leaves = Nodes[place];
            await CoordinatedShutdown.Get(leaves.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(Guard);
            await leaves.System.WhenTerminated.WaitAsync(Guard);
            Nodes[place] = Start(Ports[place]);
            await Nodes[place].MembersAsync(3);
        }

        Assert.Equal("1", (await Nodes[0].Coordination.Items.GetAsync("akka-cluster/coordination/number"))?.Value);
    }
}
