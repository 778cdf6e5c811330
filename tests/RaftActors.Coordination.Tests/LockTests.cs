namespace RaftActors.Coordination.Tests;

/// <summary>Locks of three real nodes.</summary>
public sealed class LockTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Node[] _nodes = Node.Start(3, "raft-coordination { session-timeout = 2s, renew-interval = 200ms }");

    public Task InitializeAsync()
    {
        foreach (var node in _nodes)
        {
            _ = node.Coordination;
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Lock_is_granted_to_one_node_at_a_time_in_the_order_of_the_claims()
    {
        var first = await _nodes[0].Coordination.LockAsync("billing").WaitAsync(Patience);
        Assert.True(first.IsHeld);
        Assert.Null(await _nodes[1].Coordination.TryLockAsync("billing").WaitAsync(Patience));
        var second = _nodes[1].Coordination.LockAsync("billing");

        await first.DisposeAsync();

        Assert.False(first.IsHeld);
        await using var held = await second.WaitAsync(Patience);
        Assert.True(held.Token > first.Token, $"{held.Token} follows {first.Token}");
    }

    [Fact]
    public async Task Lock_of_a_crashed_node_passes_to_the_next_claim()
    {
        var first = await _nodes[0].Coordination.LockAsync("billing").WaitAsync(Patience);
        var second = _nodes[1].Coordination.LockAsync("billing");

        await _nodes[0].CrashAsync();

        await using var held = await second.WaitAsync(Patience);
        Assert.True(held.Token > first.Token, $"{held.Token} follows {first.Token}");
        Assert.False(first.IsHeld);
    }
}
