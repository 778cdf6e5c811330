namespace RaftActors.Coordination.Tests;

/// <summary>Real nodes that found their cluster by the group.</summary>
public sealed class BootstrapTests : BootstrapTest
{
    [Fact]
    public async Task Nodes_that_start_together_form_one_cluster_and_when_all_have_crashed_the_next_one()
    {
        Nodes.AddRange(Ports.Select(Start));
        foreach (var node in Nodes)
        {
            await node.MembersAsync(3);
        }

        await Task.WhenAll(Nodes.Select(node => node.CrashAsync()));

        Nodes.Clear();
        Nodes.AddRange(Ports.Select(Start));

        foreach (var node in Nodes)
        {
            await node.MembersAsync(3);
        }

        Assert.Equal("2", (await Nodes[0].Coordination.Items.GetAsync("akka-cluster/coordination/number"))?.Value);
    }
}
