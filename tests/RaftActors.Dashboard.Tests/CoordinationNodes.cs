using RaftActors.Coordination;

namespace RaftActors.Dashboard.Tests;

/// <summary>Three nodes with the coordination group, and a fourth one that only calls it, for the tests of one class.</summary>
public sealed class CoordinationNodes : IAsyncLifetime
{
    private readonly DashboardNode[] _nodes;

    public CoordinationNodes() => _nodes =
    [
        .. Ports.Select((port, place) => new DashboardNode(port, Ports[..3], akka => akka
            .AddHocon(Hocon(Ports[0], place < 3 ? "40s" : "2s"), HoconAddMode.Prepend)
            .WithRaftCoordination())),
    ];

    internal int[] Ports { get; } = FreePorts.Take(4);

    internal IReadOnlyList<DashboardNode> All => _nodes;

    public Task InitializeAsync() => Task.WhenAll(_nodes.Select(node => node.StartAsync()));

    public Task DisposeAsync() => Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));

    internal RaftCoordination CoordinationOf(int node) => RaftCoordination.Get(_nodes[node].System);

    internal Task<RaftLock> LockAsync(int node, string name, string? text) =>
        CoordinationOf(node).LockAsync(name, text: text).WaitAsync(DashboardNode.Guard);

    // Times that a busy machine keeps, but for the sessions of the last node.
    private static string Hocon(int contact, string session) =>
        $$"""
        raft.client.contacts = ["127.0.0.1:{{contact}}"]
        raft.groups.coordination { heartbeat-interval = 100ms, election-timeout { min = 3s, max = 5s } }
        raft-coordination { session-timeout = {{session}}, renew-interval = 500ms }
        """;
}
