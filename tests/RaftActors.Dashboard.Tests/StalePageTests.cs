namespace RaftActors.Dashboard.Tests;

/// <summary>The page of the coordination group on a node that has lost the others.</summary>
public sealed class StalePageTests(CoordinationNodes nodes) : IClassFixture<CoordinationNodes>
{
    [Fact]
    public async Task Page_of_a_follower_says_so_and_without_a_majority_it_is_stale()
    {
        await nodes.LockAsync(0, "probe", null);
        var leader = nodes.All.Take(3).ToList().FindIndex(node => Group(node).Role == RaftRole.Leader);
        var follower = nodes.All[(leader + 1) % 3];

        // A node that stops releases its own locks.
        await nodes.LockAsync((leader + 1) % 3, "billing", null);

        // Of the node without a process of the group, whose session is short, so its renewal is soon late. It may even end meanwhile.
        await nodes.LockAsync(3, "short", null);
        using var stream = await PageStream.OpenAsync(follower.Http, "/raft/coordination");
        await stream.UntilAsync(page => page.Has("summary", "<strong>may be behind</strong> it.") && page.Has("locks", ">billing</a>"));
        using (var ofLeader = await PageStream.OpenAsync(nodes.All[leader].Http, "/raft/coordination"))
        {
            await ofLeader.UntilAsync(page => page.Has("summary", "From the leader, "));
        }

        await Task.WhenAll(nodes.All.Take(3).Where(node => node != follower).Select(node => node.StopAsync()));

        await stream.UntilAsync(page => page.Has("summary", "<strong class=\"problem\">Stale</strong>"));
        Assert.Contains(">billing</a>", stream["locks"], StringComparison.Ordinal);
        await stream.UntilAsync(page => page.Has("sessions", "renewal is late"));
    }

    private static RaftStatus Group(DashboardNode node) => Assert.Single(RaftActors.Raft.Get(node.System).Processes);
}
