namespace RaftActors.Coordination.Tests;

/// <summary>Items and elections of three real nodes, and of a further one that crashes.</summary>
[Collection(SharedNodes.Name)]
public sealed class ItemTests(SharedNodes shared) : NodesTest, IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Watch_tells_all_items_and_then_each_change_once_in_order()
    {
        var first = await PutAsync(0, "shops/a", "1");
        await using var watch = Watch(shared.All[1], "shops/");
        Assert.Equal([new RaftItem("shops/a", "1", first)], (await NextAsync(watch)).Items.Values);
        List<RaftItem> expected = [];
        for (var i = 0; i < 20; i++)
        {
            var version = await PutAsync(i % 3, $"shops/{i % 4}", $"{i}");
            await PutAsync(i % 3, $"other/{i % 4}", $"{i}");
            expected.Add(new RaftItem($"shops/{i % 4}", $"{i}", version));
        }

        Assert.True(await shared.All[2].Coordination.Items.DeleteAsync("shops/a", first));

        foreach (var item in expected)
        {
            var change = await NextAsync(watch);
            Assert.Equal((item.Name, item), (change.Name, change.Items[item.Name]));
            Assert.Contains("shops/a", change.Items.Keys);
        }

        var deleted = await NextAsync(watch);
        Assert.Equal("shops/a", deleted.Name);
        Assert.Equal(["shops/0", "shops/1", "shops/2", "shops/3"], deleted.Items.Keys);
    }

    [Fact]
    public async Task Item_is_written_only_in_its_expected_version_and_counters_give_each_caller_another_sum()
    {
        var items = shared.All.Select(node => node.Coordination.Items).ToArray();
        var writes = await Task.WhenAll(items.Select(each => FailureOfAsync(each.PutAsync("one", "", new() { ExpectedVersion = 0 }))));
        Assert.Single(writes, failure => failure is null);
        Assert.All(writes.OfType<RaftFailure>(), failure => Assert.Equal(FailureReason.Outdated, failure.Reason));
        var version = (await items[1].GetAsync("one"))!.Version; // Justification: one call has written it.
        var outdated = await FailureOfAsync(items[0].PutAsync("one", "again", new() { ExpectedVersion = version - 1 }));
        Assert.Equal((FailureKind.NotDone, FailureReason.Outdated), (outdated?.Kind, outdated?.Reason));
        Assert.Contains($"it has version {version} and the caller expects version {version - 1}", outdated?.Detail);
        Assert.Equal(new RaftItem("one", "", version), await items[1].GetAsync("one"));
        Assert.Equal(FailureReason.Outdated, (await FailureOfAsync(items[0].DeleteAsync("one", version - 1)))?.Reason);
        Assert.True(await items[0].DeleteAsync("one"));
        Assert.False(await items[0].DeleteAsync("one"));
        Assert.Contains("because there is none", (await FailureOfAsync(items[0].DeleteAsync("one", version)))?.Detail);
        Assert.Null(await items[1].GetAsync("one"));

        var sums = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => items[i % 3].AddAsync("ids", 1000)));

        Assert.Equal(Enumerable.Range(1, 30).Select(i => i * 1000L), sums.Order());
        Assert.Equal(["30000"], (await items[2].ListAsync("id")).Select(item => item.Value));
        await items[0].PutAsync("ids", "none", cancellationToken: _limit.Token);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => items[0].AddAsync("ids"));
        Assert.Contains("is not a whole number", refused.Message);
    }

    [Fact]
    public async Task Items_go_with_the_session_of_a_crashed_node_and_at_the_end_of_their_lifetime()
    {
        Nodes.Add(shared.StartFurther());
        await Nodes[0].Coordination.Items.PutAsync("stalls/a", "", new() { OfSession = true }, Guard);
        await shared.All[1].Coordination.Items.PutAsync("stalls/b", "", new() { OfSession = true }, Guard);
        await using var watch = Watch(shared.All[1], "stalls/");
        Assert.Equal(2, (await NextAsync(watch)).Items.Count);

        await Nodes[0].CrashAsync();

        Assert.Equal(["stalls/b"], (await NextAsync(watch)).Items.Keys);
        await shared.All[1].Coordination.Items.PutAsync(
            "stalls/c", "", new() { Lifetime = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(["stalls/b", "stalls/c"], (await NextAsync(watch)).Items.Keys);
        Assert.Equal(["stalls/b"], (await NextAsync(watch)).Items.Keys);
    }

    [Fact]
    public async Task Observer_of_an_election_sees_the_leader_and_the_one_that_takes_over()
    {
        Nodes.Add(shared.StartFurther());
        var first = await Nodes[0].Coordination.LockAsync("leader", text: "one", cancellationToken: _limit.Token);
        await using var observer = shared.All[2].Coordination.ObserveAsync("leader", Guard, _limit.Token).GetAsyncEnumerator();
        Assert.Equal([(OwnerOf(Nodes[0]), "one", first.Token)], await NextHoldersAsync());
        var second = shared.All[1].Coordination.LockAsync("leader", text: "two", cancellationToken: _limit.Token);

        await Nodes[0].CrashAsync();

        await using var held = await second;
        Assert.Equal([(OwnerOf(shared.All[1]), "two", held.Token)], await NextHoldersAsync());
        await held.DisposeAsync();
        Assert.Empty(await NextHoldersAsync());

        async Task<IEnumerable<(string, string?, long)>> NextHoldersAsync() =>
            (await NextAsync(observer)).Select(each => (each.Owner, each.Text, each.Token));
    }

    [Fact]
    public async Task Watch_ends_with_the_actor_system()
    {
        Nodes.Add(shared.StartFurther());
        await using var watch = Watch(Nodes[0], "");
        await NextAsync(watch);
        var next = NextAsync(watch);

        await Nodes[0].CrashAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => next);
    }

    private static string OwnerOf(Node node) => $"coordination@{node.Address.Host}:{node.Address.Port}";

    private static async Task<T> NextAsync<T>(IAsyncEnumerator<T> stream)
    {
        Assert.True(await stream.MoveNextAsync());
        return stream.Current;
    }

    private IAsyncEnumerator<RaftItemChange> Watch(Node node, string prefix) =>
        node.Coordination.Items.WatchAsync(prefix, Guard, _limit.Token).GetAsyncEnumerator();

    private Task<long> PutAsync(int node, string name, string value) =>
        shared.All[node].Coordination.Items.PutAsync(name, value, timeout: Guard);

    private static async Task<RaftFailure?> FailureOfAsync(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (RaftException e)
        {
            return e.Failure;
        }
    }
}
