using Akka.Actor;

namespace RaftActors.Coordination.Tests;

/// <summary>Real nodes that find or found their cluster by the group.</summary>
public sealed class BootstrapTests : NodesTest
{
    private const string Config =
        """
        akka.cluster {
          downing-provider-class = "RaftActors.Coordination.RaftDowningProvider, RaftActors.Coordination"
          retry-unsuccessful-join-after = off
        }
        # As WithRaft sets them: these nodes restart at once.
        akka.remote { retry-gate-closed-for = 500ms, use-passive-connections = off, dot-netty.tcp.tcp-reuse-addr = off }
        raft.discovery = node-names
        # A busy machine must not lose a member.
        raft-coordination { bootstrap = on, member-timeout = 5m, downing { stable-after = 1m, down-self-after = 5m } }
        """;

    private readonly IReadOnlyList<int> _ports = FreePorts.Take(3);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("raft");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Nodes_that_start_together_form_one_cluster_without_seed_nodes()
    {
        Nodes.AddRange(_ports.Select(Start));

        foreach (var node in Nodes)
        {
            await node.MembersAsync(3);
        }
    }

    [Fact]
    public async Task Joiner_finds_the_cluster_after_all_its_first_members_were_exchanged()
    {
        Nodes.AddRange(_ports.Select(Start));
        await Nodes[0].MembersAsync(3);
        for (var place = 0; place < _ports.Count; place++)
        {
            var leaves = Nodes[place];
            await CoordinatedShutdown.Get(leaves.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(WaitMax);
            await leaves.System.WhenTerminated.WaitAsync(WaitMax);
            Nodes[place] = Start(_ports[place]);
            await Nodes[place].MembersAsync(3);
        }

        Assert.Equal("1", (await Nodes[0].Coordination.Items.GetAsync("akka-cluster/coordination/number"))?.Value);
    }

    [Fact]
    public async Task Nodes_that_all_crashed_form_the_next_cluster_together()
    {
        Nodes.AddRange(_ports.Select(Start));
        await Nodes[0].MembersAsync(3);
        await Task.WhenAll(Nodes.Select(node => node.CrashAsync()));

        Nodes.Clear();
        Nodes.AddRange(_ports.Select(Start));

        foreach (var node in Nodes)
        {
            await node.MembersAsync(3);
        }

        Assert.Equal("2", (await Nodes[0].Coordination.Items.GetAsync("akka-cluster/coordination/number"))?.Value);
    }

    // A group in memory would lose its majority, because the nodes restart one right after the other.
    private Node Start(int port) => Node.StartAlone(
        port, _ports, $"raft.store.directory = \"{Path.Combine(_directory.FullName, $"{port}")}\"\n{Config}");
}
