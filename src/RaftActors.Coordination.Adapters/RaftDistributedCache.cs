using Microsoft.Extensions.Caching.Distributed;

namespace RaftActors.Coordination.Adapters;

/// <summary>
/// A small cache that all nodes share, as items of <see cref="RaftCoordination.Items"/>. A read returns the latest write of any node.
/// Each write is committed by a majority of the coordination group, and all items together have 8 MiB, so it is for sessions, tokens and
/// results of some thousand users at most. Thread-safe.
/// <para>
/// <b>Expiration.</b> An absolute one depends on the clocks of the writer and the reader. A sliding one is counted by the group. A read
/// writes the entry again when a quarter of the window has passed since the latest write. So an entry lives for three quarters of its
/// window or longer after its latest read, and most reads write nothing. Entries live for 365 days at most.
/// </para>
/// <para>
/// The synchronous methods block their thread until the group answers. Prefer the others.
/// </para>
/// </summary>
public sealed class RaftDistributedCache : IDistributedCache
{
    /// <summary>The most bytes of one value.</summary>
    public const int ValueBytesMax = 6_600;

    private const int NameMax = 1_000;

    // The bounds of an item's lifetime. An entry that expires sooner is not returned, although its item is still there.
    private static readonly TimeSpan LifetimeMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(365);

    private readonly RaftItems _items;
    private readonly RaftDistributedCacheOptions _options;
    private readonly TimeProvider _time;

    /// <param name="coordination">That of the actor system.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    public RaftDistributedCache(RaftCoordination coordination, RaftDistributedCacheOptions? options = null)
        : this(coordination, options, TimeProvider.System)
    {
    }

    internal RaftDistributedCache(RaftCoordination coordination, RaftDistributedCacheOptions? options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(coordination);
        (_items, _options, _time) = (coordination.Items, options ?? new(), time);
        ArgumentException.ThrowIfNullOrEmpty(_options.Prefix);
        if (_options.DefaultSlidingExpiration <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), _options.DefaultSlidingExpiration, "DefaultSlidingExpiration must be above zero, or null.");
        }
    }

    /// <summary>Reads a value, and prolongs its sliding expiration.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="token">Ends the call.</param>
    /// <returns>Null: there is none, or it has expired.</returns>
    /// <exception cref="ArgumentException">The key is longer than 1000 characters with the prefix.</exception>
    /// <exception cref="RaftUnavailableException">The group did not answer within 30 s.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var name = NameOf(key);
        var item = await _items.GetAsync(name, token).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        if (item is null || CacheEntry.TryParse(item.Value) is not { } entry || entry.HasExpired(now))
        {
            return null;
        }

        if (entry.IsDue(now))
        {
            await RewriteAsync(item, entry with { WrittenAt = now }, token).ConfigureAwait(false);
        }

        return entry.Value;
    }

    /// <summary>Writes a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">At most <see cref="ValueBytesMax"/> bytes.</param>
    /// <param name="options">
    /// When it expires. Without any expiration, <see cref="RaftDistributedCacheOptions.DefaultSlidingExpiration"/> is taken.
    /// </param>
    /// <param name="token">Ends the call. The value may be written all the same.</param>
    /// <exception cref="ArgumentException">
    /// The key is longer than 1000 characters with the prefix, the value is too large, or the absolute expiration has passed.
    /// </exception>
    /// <exception cref="InvalidOperationException">The group has no room; the message says how much is used.</exception>
    /// <exception cref="RaftUnavailableException">No answer came within 30 s. It is unknown whether the value is written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(options);
        var name = NameOf(key);
        if (value.Length > ValueBytesMax)
        {
            throw new ArgumentException(
                $"Cannot cache '{key}': its value has {value.Length} bytes; at most {ValueBytesMax} are allowed, because it is one item of "
                    + "the coordination group. Keep large values in a store of their own, and cache where they are.",
                nameof(value));
        }

        var now = _time.GetUtcNow();
        var absolute = options.AbsoluteExpirationRelativeToNow is { } relative ? now + relative : options.AbsoluteExpiration;
        if (absolute <= now)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), absolute, $"The absolute expiration of '{key}' has passed. It must be later than {now:O}.");
        }

        var sliding = options.SlidingExpiration ?? (absolute is null ? _options.DefaultSlidingExpiration : null);
        var entry = new CacheEntry(value, absolute, sliding, now);
        await _items.PutAsync(name, entry.ToString(), lifetime: LifetimeOf(entry), cancellationToken: token).ConfigureAwait(false);
    }

    /// <summary>Prolongs the sliding expiration of a value as a read does. Without effect if there is none.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="token">Ends the call.</param>
    /// <exception cref="ArgumentException">The key is longer than 1000 characters with the prefix.</exception>
    /// <exception cref="RaftUnavailableException">The group did not answer within 30 s.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task RefreshAsync(string key, CancellationToken token = default) => GetAsync(key, token);

    /// <summary>Removes a value. Without effect if there is none.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="token">Ends the call. The value may be removed all the same.</param>
    /// <exception cref="ArgumentException">The key is longer than 1000 characters with the prefix.</exception>
    /// <exception cref="RaftUnavailableException">No answer came within 30 s. It is unknown whether the value is removed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task RemoveAsync(string key, CancellationToken token = default) => _items.DeleteAsync(NameOf(key), cancellationToken: token);

    /// <summary>As <see cref="GetAsync"/>, and blocks.</summary>
    public byte[]? Get(string key) => Blocking.Wait(() => GetAsync(key));

    /// <summary>As <see cref="SetAsync"/>, and blocks.</summary>
    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Blocking.Wait(() => SetAsync(key, value, options));

    /// <summary>As <see cref="RefreshAsync"/>, and blocks.</summary>
    public void Refresh(string key) => Blocking.Wait(() => RefreshAsync(key));

    /// <summary>As <see cref="RemoveAsync"/>, and blocks.</summary>
    public void Remove(string key) => Blocking.Wait(() => RemoveAsync(key));

    private static TimeSpan? LifetimeOf(CacheEntry entry) => entry.Left is not { } left ? null
        : left < LifetimeMin ? LifetimeMin
        : left > LifetimeMax ? LifetimeMax
        : left;

    private async Task RewriteAsync(RaftItem read, CacheEntry entry, CancellationToken cancellation)
    {
        try
        {
            // Only if it is still the value that was read: another node may have set a new one, or removed it.
            await _items.PutAsync(
                read.Name, entry.ToString(), read.Version, lifetime: LifetimeOf(entry), cancellationToken: cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is RaftUnavailableException or InvalidOperationException)
        {
            // The value was read. At worst it expires as if this read had not been.
        }
    }

    private string NameOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var name = _options.Prefix + key;
        return name.Length <= NameMax ? name : throw new ArgumentException(
            $"The key has {name.Length} characters with its prefix '{_options.Prefix}'; at most {NameMax} are allowed. Use a hash of it.",
            nameof(key));
    }
}
