using System.Threading.Channels;

using Akka.Coordination;

namespace RaftActors.Coordination.Tests;

/// <summary>The lease of Akka.Coordination.</summary>
[Collection(SharedNodes.Name)]
public sealed class LeaseTests(SharedNodes shared) : NodesTest
{
    private const string Config =
        """
        raft-coordination { session-timeout = 2s, renew-interval = 200ms }
        akka.coordination.lease.raft.lease-operation-timeout = 2s
        """;

    [Fact]
    public async Task Lease_has_one_owner_until_it_is_released()
    {
        var (first, second) = (LeaseOf(shared.All[0]), LeaseOf(shared.All[1]));
        await AcquireAsync(first);

        Assert.True(first.CheckLease());
        Assert.True(await first.Acquire());
        Assert.False(await second.Acquire());
        Assert.False(second.CheckLease());
        Assert.True(await first.Release());

        Assert.False(first.CheckLease());
        await AcquireAsync(second);
        Assert.True(await second.Release());
    }

    [Fact]
    public async Task Lease_that_was_lost_is_not_held_until_it_is_acquired_again_with_a_higher_token()
    {
        Nodes.Add(shared.StartFurther());
        var (lease, coordination) = (LeaseOf(Nodes[0]), Nodes[0].Coordination);
        await AcquireAsync(lease);
        var first = coordination.TokenOf("billing");
        var losses = Channel.CreateUnbounded<Exception>();
        Assert.True(await lease.Acquire(loss => losses.Writer.TryWrite(loss)));

        (await coordination.Sessions.GetAsync(CancellationToken.None)).Lose();

        await losses.Reader.ReadAsync().AsTask().WaitAsync(Guard);
        Assert.False(lease.CheckLease());
        Assert.Null(coordination.TokenOf("billing"));
        await AcquireAsync(lease);
        Assert.True(lease.CheckLease());
        Assert.True(coordination.TokenOf("billing") > first);
        Assert.True(await lease.Release());
        Assert.Null(coordination.TokenOf("billing"));
    }

    [Fact]
    public async Task Acquire_ends_with_false_while_the_group_has_no_quorum()
    {
        Nodes.AddRange(Node.StartUnclustered(FreePorts.Take(3), Config));
        Nodes.ForEach(node => _ = node.Coordination);
        var lease = LeaseOf(Nodes[0]);
        await AcquireAsync(lease);
        var losses = Channel.CreateUnbounded<Exception>();
        Assert.True(await lease.Acquire(loss => losses.Writer.TryWrite(loss)));

        await Nodes[1].CrashAsync();
        await Nodes[2].CrashAsync();

        // Akka.NET would have ignored the first one if the result of the Acquire had come later.
        for (var told = 0; told < 2; told++)
        {
            await losses.Reader.ReadAsync().AsTask().WaitAsync(Guard);
        }

        Assert.False(lease.CheckLease());
        Assert.False(await lease.Acquire());
    }

    private static Lease LeaseOf(Node node) =>
        LeaseProvider.Get(node.System).GetLease("billing", "akka.coordination.lease.raft", node.Address.ToString());

    // The group may still be founded.
    private static async Task AcquireAsync(Lease lease)
    {
        using var limit = new CancellationTokenSource(Guard);
        while (!await lease.Acquire())
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}
