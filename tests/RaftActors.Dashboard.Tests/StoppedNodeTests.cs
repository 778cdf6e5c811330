namespace RaftActors.Dashboard.Tests;

/// <summary>A node that stops, as the pages of the others show it.</summary>
public sealed class StoppedNodeTests : IAsyncLifetime
{
    private readonly ThreeNodes _nodes = new();

    public Task InitializeAsync() => _nodes.InitializeAsync();

    public Task DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task Stopped_node_is_a_problem_and_without_a_majority_the_page_says_why_there_is_no_leader()
    {
        var others = _nodes.All.Where(node => node != _nodes.Leader).ToList();
        var stays = _nodes.Leader;
        using var stream = await PageStream.OpenAsync(stays.Http, "/raft/groups/counter");

        await others[0].StopAsync();
        await stream.UntilAsync(page => page["summary"].Contains("2 of 3 voters answer", StringComparison.Ordinal));
        await stream.UntilAsync(page => page["problems"].Contains("does not answer.", StringComparison.Ordinal));
        await others[1].StopAsync();
        await stream.UntilAsync(page => page["summary"].Contains("No leader", StringComparison.Ordinal));
        await stream.UntilAsync(page => page["why"].Contains("why no leader", StringComparison.Ordinal));

        Assert.Contains("Why there is no leader", stream["why"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_that_stops_ends_its_streams()
    {
        using var stream = await PageStream.ReadAsync(await PageStream.SendAsync(_nodes.All[0].Http, "/raft"));
        await stream.ReadLineAsync();

        var stopped = _nodes.All[0].StopAsync();

        // A node that has waited in vain for the end of the stream breaks the connection, and the read throws.
        await stream.ReadToEndAsync();
        await stopped;
    }
}
