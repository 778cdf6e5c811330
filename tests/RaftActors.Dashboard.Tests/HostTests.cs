using Akka.Actor;

using Microsoft.AspNetCore.Builder;

using RaftActors.Coordination;

namespace RaftActors.Dashboard.Tests;

/// <summary>Hosts with shards, with clients alone, and without raft.</summary>
public sealed class HostTests
{
    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Shards_are_beside_each_other_with_the_node_that_leads_each()
    {
        RaftShards shards = new("tally", 4);
        await using DashboardNode node = new(_port, [_port], akka => akka.WithRaftShards<ShardCounter>(shards));
        await node.StartAsync();
        using var stream = await PageStream.OpenAsync(node.Http, "/raft/shards/tally");
        await stream.UntilAsync(page => !page["shards"].Contains("No leader", StringComparison.Ordinal)
            && page["shards"].Contains($"127.0.0.1:{_port} <span class=\"more\">4</span>", StringComparison.Ordinal));

        var overview = await node.Http.GetStringAsync("/raft");
        var page = await node.Http.GetStringAsync("/raft/shards/tally");

        Assert.Contains("<a href=\"/raft/shards/tally\">", overview, StringComparison.Ordinal);
        Assert.All(shards.All, shard => Assert.Contains($"<a href=\"/raft/groups/{shard.Group}\">", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Group_that_this_node_only_has_a_client_of_is_shown_until_the_client_is_disposed()
    {
        await using DashboardNode node = new(_port, [_port]);
        await node.StartAsync();
        var client = RaftActors.Raft.Get(node.System).CreateClient<int, int>("elsewhere");
        Assert.Contains(">elsewhere</a>", await node.Http.GetStringAsync("/raft"), StringComparison.Ordinal);

        await client.DisposeAsync();

        Assert.DoesNotContain(">elsewhere</a>", await node.Http.GetStringAsync("/raft"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_without_coordination_has_no_page_of_it_and_does_not_start_it()
    {
        await using DashboardNode node = new(_port, [_port]);
        await node.StartAsync();

        using var answer = await node.Http.GetAsync("/raft/coordination");
        using var ofLock = await node.Http.GetAsync("/raft/coordination?lock=billing");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, ofLock.StatusCode);
        Assert.Contains("This node has no coordination.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(node.System.HasExtension<RaftCoordination>());
    }

    [Fact]
    public void Application_without_an_actor_system_is_told_so_at_once()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var cause = Assert.Throws<InvalidOperationException>(() => app.MapRaftDashboard());

        Assert.Contains("Call AddAkka and WithRaft", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Interval_that_is_too_short_is_refused()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddAkka("raft", _ => { });
        var app = builder.Build();

        Assert.Throws<ArgumentOutOfRangeException>(() => app.MapRaftDashboard("/raft", options => options.Interval = TimeSpan.Zero));
    }
}
