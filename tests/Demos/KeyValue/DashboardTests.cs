namespace KeyValue.Tests;

/// <summary>The dashboard of the service.</summary>
[Collection(nameof(SharedNodes))]
public sealed class DashboardTests(ThreeNodes nodes)
{
    [Fact]
    public async Task Dashboard_shows_the_shards_and_changes_nothing()
    {
        await nodes.Http[0].PutAsync("/kv/shown", new StringContent("x"));

        Assert.Contains("Shards of kv", await nodes.Http[0].GetStringAsync("/raft"), StringComparison.Ordinal);
        Assert.Contains("/raft/groups/kv-2", await nodes.Http[1].GetStringAsync("/raft/shards/kv"), StringComparison.Ordinal);
        Assert.DoesNotContain("<button", await nodes.Http[0].GetStringAsync("/raft/groups/kv-0"), StringComparison.Ordinal);
        using HttpRequestMessage change = new(HttpMethod.Post, "/raft/leave");
        change.Headers.Add("Sec-Fetch-Site", "same-origin");
        Assert.Equal(HttpStatusCode.Forbidden, (await nodes.Http[0].SendAsync(change)).StatusCode);
    }
}
