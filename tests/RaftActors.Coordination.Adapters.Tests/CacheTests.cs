using System.Text;

using Microsoft.Extensions.Caching.Distributed;

namespace RaftActors.Coordination.Adapters.Tests;

/// <summary>The cache of three nodes. Each test has keys of its own.</summary>
public sealed class CacheTests(Hosts hosts) : IClassFixture<Hosts>, IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _patience = new(Hosts.Patience);

    public void Dispose() => _patience.Dispose();

    [Fact]
    public async Task Value_is_read_on_all_nodes_until_it_is_removed()
    {
        byte[] value = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        await CacheOf(0).SetAsync("user/1", value, _patience.Token);
        Assert.Equal(value, await CacheOf(1).GetAsync("user/1", _patience.Token));
        Assert.Equal(value, CacheOf(2).Get("user/1"));

        CacheOf(2).Set("user/1", [], new DistributedCacheEntryOptions());
        Assert.Empty(Assert.IsType<byte[]>(CacheOf(0).Get("user/1")));

        CacheOf(1).Remove("user/1");
        Assert.Null(await CacheOf(0).GetAsync("user/1", _patience.Token));
    }

    [Fact]
    public async Task Value_is_not_returned_after_its_absolute_expiration_and_the_group_deletes_it()
    {
        var (cache, clock) = ClockedCacheOf(0);
        await cache.SetAsync("absolute", [1], new() { AbsoluteExpirationRelativeToNow = Hour }, _patience.Token);
        clock.Advance(Hour - TimeSpan.FromSeconds(1));
        Assert.Equal([1], await cache.GetAsync("absolute", _patience.Token));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await cache.GetAsync("absolute", _patience.Token));

        await using var watch = await WatchAsync("cache/absolute-short");
        var soon = TimeSpan.FromMilliseconds(50);
        await CacheOf(0).SetAsync("absolute-short", [1], new() { AbsoluteExpirationRelativeToNow = soon }, _patience.Token);

        Assert.IsType<RaftItemChange.Written>(await NextAsync(watch));
        Assert.IsType<RaftItemChange.Deleted>(await NextAsync(watch));
    }

    [Fact]
    public async Task Read_prolongs_a_sliding_expiration_when_a_quarter_of_the_window_has_passed()
    {
        var (cache, clock) = ClockedCacheOf(0);
        await cache.SetAsync("sliding", [1], new() { SlidingExpiration = Hour }, _patience.Token);
        var written = await VersionOf("cache/sliding");
        clock.Advance(Hour / 5);
        Assert.Equal([1], await cache.GetAsync("sliding", _patience.Token));
        Assert.Equal(written, await VersionOf("cache/sliding"));

        clock.Advance(Hour / 5);
        Assert.Equal([1], await cache.GetAsync("sliding", _patience.Token));
        var rewritten = await VersionOf("cache/sliding");
        Assert.True(rewritten > written, $"{rewritten} follows {written}");

        clock.Advance(Hour / 5);
        await cache.RefreshAsync("sliding", _patience.Token);
        Assert.Equal(rewritten, await VersionOf("cache/sliding"));
        clock.Advance(Hour / 5);
        cache.Refresh("sliding");
        Assert.True(await VersionOf("cache/sliding") > rewritten);
    }

    [Fact]
    public async Task Value_with_a_sliding_expiration_goes_a_window_after_its_latest_read_and_at_its_absolute_expiration()
    {
        var (cache, clock) = ClockedCacheOf(0);
        var window = TimeSpan.FromSeconds(4);
        await using var watch = await WatchAsync("cache/unread");
        await cache.SetAsync("unread", [1], new() { SlidingExpiration = window }, _patience.Token);
        Assert.IsType<RaftItemChange.Written>(await NextAsync(watch));
        clock.Advance(window / 2);
        Assert.Equal([1], await cache.GetAsync("unread", _patience.Token));
        Assert.IsType<RaftItemChange.Written>(await NextAsync(watch));

        Assert.IsType<RaftItemChange.Deleted>(await NextAsync(watch));
        Assert.Null(await cache.GetAsync("unread", _patience.Token));

        var both = new DistributedCacheEntryOptions { SlidingExpiration = Hour, AbsoluteExpirationRelativeToNow = Hour * 1.5 };
        await cache.SetAsync("both", [1], both, _patience.Token);
        clock.Advance(Hour);
        Assert.Equal([1], await cache.GetAsync("both", _patience.Token));
        clock.Advance(Hour / 2);
        Assert.Null(await cache.GetAsync("both", _patience.Token));
    }

    [Fact]
    public async Task Read_does_not_prolong_what_another_node_has_set_in_the_meantime()
    {
        var (cache, clock) = ClockedCacheOf(0);
        await cache.SetAsync("race", [1], new() { SlidingExpiration = Hour }, _patience.Token);
        clock.Advance(Hour / 2);
        clock.OnAsked = () => CacheOf(1).Set("race", [2], new());

        Assert.Equal([1], await cache.GetAsync("race", _patience.Token));

        Assert.Equal([2], await CacheOf(2).GetAsync("race", _patience.Token));
    }

    [Theory]
    [InlineData(null, null, 1200.0)]
    [InlineData(null, 10.0, 10.0)]
    [InlineData(5.0, null, 5.0)]
    [InlineData(5.0, 10.0, 5.0)]
    [InlineData(20.0, 10.0, 10.0)]
    public async Task Item_lives_until_the_earlier_expiration_and_without_any_for_the_default_one(
        double? absolute, double? sliding, double expected)
    {
        var (cache, clock) = ClockedCacheOf(0);
        var key = $"lifetime/{absolute}/{sliding}";
        var options = new DistributedCacheEntryOptions
        {
            AbsoluteExpirationRelativeToNow = Seconds(absolute),
            SlidingExpiration = Seconds(sliding),
        };

        await cache.SetAsync(key, [1], options, _patience.Token);

        var item = await hosts.Get<RaftCoordination>(0).Items.GetAsync($"cache/{key}", _patience.Token);
        Assert.Equal(Seconds(expected), CacheEntry.TryParse(item!.Value)?.Left);

        static TimeSpan? Seconds(double? count) => count is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    [Fact]
    public async Task Largest_value_is_cached_and_a_larger_one_is_refused_with_the_remedy()
    {
        var largest = Encoding.UTF8.GetBytes(new string('a', RaftDistributedCache.ValueBytesMax));
        var both = new DistributedCacheEntryOptions { SlidingExpiration = Hour, AbsoluteExpiration = DateTimeOffset.MaxValue };
        await CacheOf(0).SetAsync("large", largest, both, _patience.Token);
        Assert.Equal(largest, await CacheOf(1).GetAsync("large", _patience.Token));

        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => CacheOf(0).SetAsync("large", [.. largest, 1], both, _patience.Token));

        Assert.Contains("'large': its value has 6601 bytes; at most 6600 are allowed", refused.Message);
        Assert.Contains("cache where they are", refused.Message);
    }

    [Fact]
    public async Task Too_long_key_and_passed_expiration_are_refused()
    {
        var key = await Assert.ThrowsAsync<ArgumentException>(() => CacheOf(0).GetAsync(new string('a', 995), _patience.Token));
        Assert.Contains("1001 characters with its prefix 'cache/'", key.Message);

        var passed = new DistributedCacheEntryOptions { AbsoluteExpiration = DateTimeOffset.UnixEpoch };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => CacheOf(0).SetAsync("passed", [1], passed, _patience.Token));
    }

    [Fact]
    public async Task Full_group_refuses_a_value_and_says_how_much_is_used()
    {
        var items = hosts.Get<RaftCoordination>(0).Items;
        var filling = new string('&', 9000);
        var refusals = 0;
        for (var i = 0; refusals == 0 && i < 1000; i++)
        {
            try
            {
                await items.PutAsync($"full/{i}", filling, cancellationToken: _patience.Token);
            }
            catch (InvalidOperationException)
            {
                refusals++;
            }
        }

        var value = new byte[RaftDistributedCache.ValueBytesMax];
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await CacheOf(0).SetAsync($"full/{i}", value, _patience.Token);
            }
        });

        Assert.Contains("at most 8388608 are allowed", refused.Message);
        foreach (var item in await items.ListAsync("full/", _patience.Token))
        {
            await items.DeleteAsync(item.Name, cancellationToken: _patience.Token);
        }
    }

    private static async Task<RaftItemChange> NextAsync(IAsyncEnumerator<RaftItemChange> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }

    private IDistributedCache CacheOf(int node) => hosts.Get<IDistributedCache>(node);

    private (IDistributedCache Cache, MovedClock Clock) ClockedCacheOf(int node)
    {
        var clock = new MovedClock();
        return (new RaftDistributedCache(hosts.Get<RaftCoordination>(node), null, clock), clock);
    }

    private async Task<long> VersionOf(string item) =>
        Assert.IsType<RaftItem>(await hosts.Get<RaftCoordination>(1).Items.GetAsync(item, _patience.Token)).Version;

    private async Task<IAsyncEnumerator<RaftItemChange>> WatchAsync(string prefix)
    {
        var watch = hosts.Get<RaftCoordination>(1).Items.WatchAsync(prefix, _patience.Token).GetAsyncEnumerator();
        Assert.Empty(Assert.IsType<RaftItemChange.All>(await NextAsync(watch)).Items);
        return watch;
    }

    private sealed class MovedClock : TimeProvider
    {
        private DateTimeOffset _now = System.GetUtcNow();

        /// <summary>Called once, by the next one that asks for the time. A cache asks between its read and its write.</summary>
        public Action? OnAsked { get; set; }

        public void Advance(TimeSpan time) => _now += time;

        public override DateTimeOffset GetUtcNow()
        {
            var onAsked = OnAsked;
            OnAsked = null;
            onAsked?.Invoke();
            return _now;
        }
    }
}
