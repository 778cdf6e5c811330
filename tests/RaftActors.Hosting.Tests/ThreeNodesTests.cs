namespace RaftActors.Hosting.Tests;

/// <summary>Three hosts in this process, with one counter each.</summary>
public sealed class ThreeNodesTests : IAsyncLifetime
{
    private readonly HostedNode[] _nodes;

    public ThreeNodesTests()
    {
        var ports = FreePorts.Take(3);
        _nodes = [.. ports.Select(port => new HostedNode(port, ports))];
    }

    public Task InitializeAsync() => Task.WhenAll(_nodes.Select(node => node.StartAsync()));

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Each_host_appends_and_reads_the_total_of_all()
    {
        var total = 0;
        foreach (var node in _nodes)
        {
            total = await node.AddAsync(1);
        }

        var totals = await Task.WhenAll(_nodes.Select(node => node.ReadAsync()));

        Assert.Equal(3, total);
        Assert.Equal([3, 3, 3], totals);
    }

    [Fact]
    public async Task Host_that_stops_runs_the_coordinated_shutdown_and_the_others_go_on()
    {
        await CompleteAsync();
        var leader = Leader();
        var others = _nodes.Where(node => node != leader).ToList();
        var shutdown = CoordinatedShutdown.Get(leader.System);

        await leader.StopAsync();

        Assert.IsType<CoordinatedShutdown.ClrExitReason>(shutdown.ShutdownReason);
        Assert.Equal(4, await others[0].AddAsync(1));
    }

    [Fact]
    public async Task Node_of_a_complete_group_is_live_and_ready_and_not_at_risk()
    {
        await CompleteAsync();

        var leader = Leader();
        Assert.Equal(HealthStatus.Healthy, (await leader.CheckAsync("raft-live")).Status);
        Assert.Equal(HealthStatus.Healthy, (await leader.CheckAsync("raft-ready")).Status);
        Assert.Equal(HealthStatus.Healthy, (await leader.CheckAsync("raft-at-risk")).Status);
    }

    [Fact]
    public async Task Node_whose_quorum_can_lose_no_more_voter_is_at_risk_and_says_so()
    {
        await CompleteAsync();
        var leader = Leader();
        var events = leader.Subscribe();

        await _nodes.First(node => node != leader).StopAsync();
        // On a busy machine another node can seem gone for a moment first. Then the loss of the stopped one is a later event.
        HealthReportEntry risk;
        do
        {
            await HostedNode.NextAsync<RaftEvent.PeerChanged>(events, told => !told.IsReachable);
            risk = await leader.CheckAsync("raft-at-risk");
        }
        while (risk.Status == HealthStatus.Healthy);

        Assert.Equal(HealthStatus.Degraded, risk.Status);
        Assert.Contains("reaches no more voters than a majority: 2 of 3", risk.Description);
        Assert.Contains("risk", risk.Tags);
    }

    // Its leader is still known, and only heartbeats that do not come would tell otherwise.
    [Fact]
    public async Task Node_that_learns_of_its_removal_is_not_ready_and_says_so()
    {
        await CompleteAsync();
        var leader = Leader();
        var removed = _nodes.First(node => node != leader);
        var events = removed.Subscribe();
        await using var client = RaftActors.Raft.Get(leader.System).CreateClient<int, int>();

        await client.LeaveAsync(StatusOf(removed).Name, timeout: Guard);
        await HostedNode.NextAsync<RaftEvent.Removed>(events, _ => true);

        var ready = await removed.CheckAsync("raft-ready");
        Assert.Equal(HealthStatus.Unhealthy, ready.Status);
        Assert.Contains("was removed from its group. Stop it, or add it again", ready.Description);
        Assert.Equal(HealthStatus.Degraded, (await removed.CheckAsync("raft-at-risk")).Status);
    }

    [Fact]
    public async Task Each_event_is_one_log_entry_whose_template_has_names()
    {
        await CompleteAsync();
        await Task.WhenAll(_nodes.Select(node => node.StopAsync()));

        var entries = _nodes[0].Log.ReadAll();
        var self = StatusOf(_nodes[0]).Name.Value;
        var started = Assert.Single(entries, entry => entry.Text.EndsWith("the actor has started", StringComparison.Ordinal));
        Assert.Equal("{Process} of group {Group}: the actor has started", started.Template);
        Assert.Equal(self, started.Properties["Process"]?.ToString());
        Assert.Equal("counter", started.Properties["Group"]);
        var leaders = Values("{Process} of group {Group}: {Leader} leads in term", "Leader");
        Assert.NotEmpty(leaders);
        Assert.Subset(_nodes.Select(node => StatusOf(node).Name.Value).ToHashSet(), leaders.ToHashSet());
        var members = Values("{Process} of group {Group}: the voters are", "Index");
        Assert.NotEmpty(members);
        Assert.Equal(members.Distinct(), members);

        List<string> Values(string template, string name) =>
        [
            .. entries.Where(entry => entry.Template?.StartsWith(template, StringComparison.Ordinal) == true)
                .Select(entry => $"{entry.Properties[name]}"),
        ];
    }

    // All have met, and all actors have the same pairs.
    private async Task CompleteAsync()
    {
        foreach (var node in _nodes)
        {
            await node.AddAsync(1);
        }

        foreach (var node in _nodes)
        {
            await node.ReadAsync();
        }
    }

    // The first election waits until the leader has met all. Later ones need a silence that no step of a test has.
    private HostedNode Leader() => _nodes.Single(node => StatusOf(node) is { Role: RaftRole.Leader });

    private static RaftStatus StatusOf(HostedNode node) => Assert.Single(RaftActors.Raft.Get(node.System).Processes);
}
