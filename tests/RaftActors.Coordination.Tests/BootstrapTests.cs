using Akka.Cluster;

namespace RaftActors.Coordination.Tests;

/// <summary>Real nodes that find or found their cluster by the group.</summary>
public sealed class BootstrapTests : NodesTest
{
    private const string Config =
        """
        akka.cluster {
          downing-provider-class = "RaftActors.Coordination.RaftDowningProvider, RaftActors.Coordination"
          failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 1s }
          retry-unsuccessful-join-after = 1s
        }
        akka.remote.retry-gate-closed-for = 200ms
        raft.discovery = node-names
        raft-coordination {
          bootstrap = on
          member-timeout = 5s
          downing { stable-after = 1s, down-self-after = 4s }
        }
        """;

    private readonly IReadOnlyList<int> _ports = FreePorts.Take(3);

    [Fact]
    public async Task Nodes_that_start_together_form_one_cluster_without_seed_nodes()
    {
        Nodes.AddRange(_ports.Select(Start));

        foreach (var node in Nodes)
        {
            await node.MembersAsync(3);
        }
    }

    private Node Start(int port) => Node.StartAlone(port, _ports, Config);
}
