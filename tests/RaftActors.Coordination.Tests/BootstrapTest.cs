namespace RaftActors.Coordination.Tests;

/// <summary>Real nodes without seed nodes, which find or found their cluster by the group.</summary>
public abstract class BootstrapTest : NodesTest
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

    private protected IReadOnlyList<int> Ports { get; } = FreePorts.Take(3);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("raft");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    // A group in memory would lose its majority, because the nodes restart one right after the other.
    private protected Node Start(int port) => Node.StartAlone(
        port, Ports, $"raft.store.directory = \"{Path.Combine(_directory.FullName, $"{port}")}\"\n{Config}");
}
