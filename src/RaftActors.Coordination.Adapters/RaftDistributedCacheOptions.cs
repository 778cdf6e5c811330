namespace RaftActors.Coordination.Adapters;

/// <summary>The options of a <see cref="RaftDistributedCache"/>, the same on all nodes.</summary>
public sealed class RaftDistributedCacheOptions
{
    /// <summary>The beginning of the names of its items. Two caches of one group have different ones. Default: <c>cache/</c>.</summary>
    public string Prefix { get; set; } = "cache/";

    /// <summary>
    /// The sliding expiration of entries that are set without any expiration. Without this, they would fill the group, and then no key,
    /// address or setting could be written. Default: 20 minutes. Null: they stay until they are removed.
    /// </summary>
    public TimeSpan? DefaultSlidingExpiration { get; set; } = TimeSpan.FromMinutes(20);
}
