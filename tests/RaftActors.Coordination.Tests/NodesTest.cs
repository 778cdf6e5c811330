namespace RaftActors.Coordination.Tests;

/// <summary>A test that starts nodes of a real cluster. All of them end with it.</summary>
public abstract class NodesTest : IAsyncLifetime
{
    private protected List<Node> Nodes { get; } = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));
}
