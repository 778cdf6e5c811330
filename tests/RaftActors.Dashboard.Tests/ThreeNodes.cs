namespace RaftActors.Dashboard.Tests;

/// <summary>Three nodes in this process with a complete group, for the tests of one class. A test leaves the group complete.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private DashboardNode[] _nodes = [];

    internal IReadOnlyList<DashboardNode> All => _nodes;

    /// <summary>The node that leads the group.</summary>
    internal DashboardNode Leader => Array.Find(_nodes, node => StatusOf(node).Role == RaftRole.Leader)!;

    public async Task InitializeAsync()
    {
        _nodes = await DashboardNode.StartThreeAsync();
        using var stream = await PageStream.OpenAsync(_nodes[0].Http, "/raft/groups/counter");
        await stream.UntilAsync(page => page["summary"].Contains("3 of 3 voters", StringComparison.Ordinal)
            && page["summary"].Contains("Led by", StringComparison.Ordinal));
    }

    public Task DisposeAsync() => Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));

    internal static RaftStatus StatusOf(DashboardNode node) => Assert.Single(RaftActors.Raft.Get(node.System).Processes);
}
