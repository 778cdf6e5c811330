namespace RaftActors.Dashboard.Tests;

/// <summary>What a page is told while it is open.</summary>
public sealed class StreamTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>
{
    [Fact]
    public async Task Change_of_the_leader_shows_on_the_page_of_another_node()
    {
        var (leader, others) = (nodes.Leader, nodes.All.Where(node => node != nodes.Leader).ToList());
        var next = ThreeNodes.StatusOf(others[0]).Name;
        using var stream = await PageStream.OpenAsync(others[1].Http, "/raft/groups/counter");
        await stream.UntilAsync(page => page["summary"].Contains(ThreeNodes.StatusOf(leader).Name.Value, StringComparison.Ordinal));
        await using var client = RaftActors.Raft.Get(leader.System).CreateClient("counter");

        (await client.TransferLeadershipAsync(next, DashboardNode.Guard)).OrThrow();

        await stream.UntilAsync(page => page["summary"].Contains($"Led by <strong>{next}</strong>", StringComparison.Ordinal));
        await stream.UntilAsync(page => page["events"].Contains($"{next} leads in term", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plots_get_the_rate_of_commits_and_the_time_that_the_leader_measures()
    {
        var leader = nodes.Leader;
        using var stream = await PageStream.OpenAsync(leader.Http, "/raft/groups/counter");
        await stream.UntilAsync(page => page.Point.TryGetProperty("rate", out _));
        await using var client = RaftActors.Raft.Get(leader.System).CreateClient<int, int>("counter");

        (await client.AppendAsync("number", 1)).OrThrow();

        await stream.UntilAsync(page => page.Point.TryGetProperty("median", out _));
        Assert.True(stream.Point.GetProperty("median").GetDouble() > 0);
        Assert.True(stream.Point.GetProperty("high").GetDouble() >= stream.Point.GetProperty("median").GetDouble());
    }

    [Fact]
    public async Task Later_events_have_only_the_parts_that_changed()
    {
        using var answer = await PageStream.SendAsync(nodes.All[0].Http, "/raft");
        using var lines = await PageStream.ReadAsync(answer);
        using CancellationTokenSource guard = new(DashboardNode.Guard);

        // The first ones have the rates, which come with the second sample.
        string? line;
        do
        {
            line = await lines.ReadLineAsync(guard.Token);
        }
        while (line != "data: {\"parts\":{}}");

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
