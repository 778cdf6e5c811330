using Akka.Actor;

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

using RaftActors.Core;

using TrialKit;

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
        var shutdown = CoordinatedShutdown.Get(leader.Raft.System);

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
        Assert.Contains("reaches 2 of 3 voters: the group can lose none of them", risk.Description);
        Assert.Contains("risk", risk.Tags);
    }

    [Fact]
    public async Task Events_are_log_entries_with_their_ids()
    {
        Assert.Contains("1 raft actors started", (await FindAsync(1)).Text);
        Assert.EndsWith("the actor has started.", (await FindAsync(10)).Text);
        Assert.Contains("the leader is counter@127.0.0.1", (await FindAsync(13)).Text);
        Assert.Contains("the learners are none", (await FindAsync(15)).Text);
        Assert.Equal(LogLevel.Information, (await FindAsync(16)).Level);
        await CompleteAsync();
        var decision = await Leader().Log.FindAsync(entry => entry is { Category: "RaftActors", Id: 22 });
        Assert.EndsWith("decided to change the members at index 1: the group is founded.", decision.Text);
    }

    private Task<RecordedLog.Entry> FindAsync(int id) =>
        _nodes[0].Log.FindAsync(entry => entry.Category == "RaftActors" && entry.Id == id);

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

    private static ProcessStatus StatusOf(HostedNode node) => Assert.Single(RaftActors.Raft.Get(node.Raft.System).Processes);
}
