using System.Text.Json;

namespace KeyValue.Tests;

/// <summary>Nodes of the service that stop, join and leave.</summary>
public sealed class NodeTests : IAsyncLifetime
{
    private readonly ThreeNodes _nodes = new();

    public Task InitializeAsync() => _nodes.InitializeAsync();

    public Task DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task Watch_ends_in_order_when_its_node_stops()
    {
        await _nodes.Http[0].PutAsync("/kv/watched", new StringContent("first"));
        using StreamReader stream = new(await _nodes.Http[1].GetStreamAsync("/watch/watched?after=0"));
        Assert.Equal("event: changed", await stream.ReadLineAsync());

        var stopped = _nodes.StopAsync(1);

        // A node that has waited in vain for the end of the stream breaks the connection, and the read throws.
        Assert.Contains("id: ", await stream.ReadToEndAsync(), StringComparison.Ordinal);
        await stopped;
    }

    [Fact]
    public async Task Node_joins_all_groups_and_leaves_them_again_and_a_repeated_request_changes_nothing()
    {
        await _nodes.Http[0].PutAsync("/kv/before", new StringContent("x"));
        var address = await _nodes.StartJoiningAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await _nodes.Http[0].PutAsync($"/nodes/{address}", null)).StatusCode);
        await UntilMembersAsync(members => members.All(group => group.Contains(address)));
        Assert.Equal(HttpStatusCode.NoContent, (await _nodes.Http[0].PutAsync($"/nodes/{address}", null)).StatusCode);
        Assert.Equal("x", await _nodes.Http[3].GetStringAsync("/kv/before"));

        Assert.Equal(HttpStatusCode.NoContent, (await _nodes.Http[0].DeleteAsync($"/nodes/{address}")).StatusCode);
        await UntilMembersAsync(members => !members.Any(group => group.Contains(address)));
        Assert.Equal(HttpStatusCode.NoContent, (await _nodes.Http[0].DeleteAsync($"/nodes/{address}")).StatusCode);
    }

    // A node that waits to be added counts itself as the only member.
    [Fact]
    public async Task Node_that_is_asked_to_add_itself_is_a_member_for_the_leader_of_each_group()
    {
        var address = await _nodes.StartJoiningAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await _nodes.Http[3].PutAsync($"/nodes/{address}", null)).StatusCode);

        var views = await Task.WhenAll(_nodes.Http.Take(3).Select(MembersAsync));
        Assert.All(Enumerable.Range(0, views[0].Count), group => Assert.Contains(views, view => view[group].Contains(address)));
    }

    // The node that answers /status may learn of a change later than the caller.
    private async Task UntilMembersAsync(Func<IReadOnlyList<string>, bool> areThey)
    {
        while (!areThey(await MembersAsync(_nodes.Http[0])))
        {
        }
    }

    private static async Task<IReadOnlyList<string>> MembersAsync(HttpClient node) =>
    [
        .. JsonDocument.Parse(await node.GetStringAsync("/status")).RootElement.EnumerateArray()
            .Select(group => $"{group.GetProperty("voters")} {group.GetProperty("learners")}"),
    ];
}
