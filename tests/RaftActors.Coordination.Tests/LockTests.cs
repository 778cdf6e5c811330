namespace RaftActors.Coordination.Tests;

/// <summary>Locks of three real nodes.</summary>
[Collection(SharedNodes.Name)]
public sealed class LockTests(SharedNodes shared) : NodesTest
{
    [Fact]
    public async Task Lock_is_granted_to_one_node_at_a_time_in_the_order_of_the_claims()
    {
        var first = await shared.All[0].Coordination.LockAsync("granted").WaitAsync(Guard);
        Assert.True(first.IsHeld);
        Assert.Null(await shared.All[1].Coordination.TryLockAsync("granted").WaitAsync(Guard));
        var second = shared.All[1].Coordination.LockAsync("granted");

        await first.DisposeAsync();

        Assert.False(first.IsHeld);
        await using var held = await second.WaitAsync(Guard);
        Assert.True(held.Token > first.Token, $"{held.Token} follows {first.Token}");
    }

    [Fact]
    public async Task Lock_of_a_crashed_node_passes_to_the_next_claim()
    {
        Nodes.AddRange(Node.StartUnclustered(
            FreePorts.Take(3), "raft-coordination { session-timeout = 2s, renew-interval = 200ms }"));
        Nodes.ForEach(node => _ = node.Coordination);
        var first = await Nodes[0].Coordination.LockAsync("billing").WaitAsync(Guard);
        var second = Nodes[1].Coordination.LockAsync("billing");

        await Nodes[0].CrashAsync();

        await using var held = await second.WaitAsync(Guard);
        Assert.True(held.Token > first.Token, $"{held.Token} follows {first.Token}");
        Assert.False(first.IsHeld);
    }

    [Fact]
    public async Task Lock_of_a_node_that_has_ended_names_the_coordination()
    {
        Nodes.Add(shared.StartFurther());
        var coordination = Nodes[0].Coordination;
        await using var held = await coordination.LockAsync("ended").WaitAsync(Guard);
        await CoordinatedShutdown.Get(Nodes[0].System).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Guard);

        var ended = await Assert.ThrowsAsync<ObjectDisposedException>(() => coordination.LockAsync("other").WaitAsync(Guard));

        Assert.EndsWith(nameof(RaftCoordination), ended.ObjectName, StringComparison.Ordinal);
    }
}
