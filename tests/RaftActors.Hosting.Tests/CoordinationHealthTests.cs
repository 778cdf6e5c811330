using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace RaftActors.Hosting.Tests;

/// <summary>The log and the health check say whether leases work, before a split brain resolver needs one.</summary>
public sealed class CoordinationHealthTests
{
    private readonly int[] _ports = FreePorts.Take(3);

    [Fact]
    public async Task Lease_is_probed_at_the_start_and_the_node_is_healthy()
    {
        await using var node = Node(_ports[0], _ports[..1]);
        await node.StartAsync();

        var entry = await node.Log.NextAsync(each => each.Text.Contains("probe lease"));

        Assert.Equal(LogLevel.Information, entry.Level);
        Assert.Contains("the leases of Akka.Cluster work on this node", entry.Text);
        Assert.Equal(HealthStatus.Healthy, (await node.CheckAsync("raft-coordination")).Status);
    }

    [Fact]
    public async Task Node_without_a_quorum_of_the_group_warns_and_is_unhealthy_until_there_is_one()
    {
        await using var node = Node(_ports[0], _ports, "akka.coordination.lease.raft.lease-operation-timeout = 200ms");
        await node.StartAsync();

        var warning = await node.Log.NextAsync(each => each.Text.Contains("probe lease"));

        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("A probe lease was not acquired within 00:00:00.2000000 (lease-operation-timeout).", warning.Text);
        var health = await node.CheckAsync("raft-coordination");
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains($"Start a majority of coordination@127.0.0.1:{_ports[0]}", health.Description);
        Assert.Contains(health.Description!, warning.Text);

        // All three found the group.
        await using var second = Node(_ports[1], _ports);
        await using var third = Node(_ports[2], _ports);
        await Task.WhenAll(second.StartAsync(), third.StartAsync());

        await node.Log.NextAsync(each => each.Text.Contains("the leases of Akka.Cluster work on this node"));
        Assert.Equal(HealthStatus.Healthy, (await node.CheckAsync("raft-coordination")).Status);
    }

    [Fact]
    public async Task Node_that_names_no_process_of_the_group_is_told_to_set_the_roster()
    {
        await using var node = Node(_ports[0], [], $"raft.client.contacts = [\"127.0.0.1:{_ports[1]}\"]");
        await node.StartAsync();

        var health = await node.CheckAsync("raft-coordination");

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("set raft.nodes or raft.groups.coordination.nodes", health.Description);
    }

    [Fact]
    public async Task Node_that_lost_its_quorum_is_unhealthy()
    {
        await using var node = Node(_ports[0], _ports[..2], "raft-coordination { session-timeout = 1s, renew-interval = 100ms }");
        await using (var other = Node(_ports[1], _ports[..2]))
        {
            await Task.WhenAll(node.StartAsync(), other.StartAsync());
            await node.Log.NextAsync(each => each.Text.Contains("the leases of Akka.Cluster work on this node"));
        }

        await node.Log.NextAsync(each => each.Level == LogLevel.Warning && each.Text.Contains("is lost"));

        Assert.Equal(HealthStatus.Unhealthy, (await node.CheckAsync("raft-coordination")).Status);
    }

    [Fact]
    public async Task Node_without_coordination_is_healthy()
    {
        await using var node = new HostedNode(_ports[0], _ports[..1]);
        await node.StartAsync();

        Assert.Equal(HealthStatus.Healthy, (await node.CheckAsync("raft-coordination")).Status);
    }

    // On a busy machine a renewal of a second is late, which is a risk.
    private static HostedNode Node(int port, int[] roster, string hocon = "") => new(
        port,
        roster,
        akka => akka.WithRaftCoordination(),
        configuration: (
            "RaftActors:Hocon",
            $"{HostedNode.Hocon}\nraft-coordination {{ session-timeout = 60s, renew-interval = 10s }}\n{hocon}"));
}
