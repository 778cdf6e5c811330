namespace RaftActors;

/// <summary>
/// The clients of all shards. <see cref="For"/> returns the one whose group has a key. A client is created when it is first asked for.
/// Create one for the whole application, and dispose it at its end. Thread-safe.
/// </summary>
/// <typeparam name="TValue">The type of the values of the groups, as their actors have it.</typeparam>
/// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
public sealed class RaftShardsClient<TValue, TResult> : IAsyncDisposable
{
    private readonly Lazy<RaftClient<TValue, TResult>>[] _clients;

    /// <param name="create">Creates the client of a group.</param>
    internal RaftShardsClient(RaftShards shards, Func<string, RaftClient<TValue, TResult>> create)
    {
        Shards = shards;
        _clients = [.. shards.All.Select(shard => new Lazy<RaftClient<TValue, TResult>>(() => create(shard.Group)))];
    }

    /// <summary>The shards.</summary>
    public RaftShards Shards { get; }

    /// <summary>Returns the client of a shard.</summary>
    /// <exception cref="ArgumentException">The shard is not one of <see cref="Shards"/>.</exception>
    public RaftClient<TValue, TResult> this[RaftShard shard]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(shard);
            return (shard.Shards.Name, shard.Shards.All.Count) == (Shards.Name, Shards.All.Count)
                ? _clients[shard.Index].Value
                : throw new ArgumentException(
                    $"The shard {shard} is one of {shard.Shards}, and this client has {Shards}. With another number of shards a key "
                        + "belongs to another group. Give all nodes and clients the same name and number.",
                    nameof(shard));
        }
    }

    /// <summary>Returns the client of the shard that has a key.</summary>
    /// <exception cref="ArgumentException">The key has half a surrogate pair.</exception>
    public RaftClient<TValue, TResult> For(string key) => this[Shards.Of(key)];

    /// <summary>Disposes the clients, as <see cref="RaftClient.DisposeAsync"/> does.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_clients.Where(client => client.IsValueCreated).Select(client => client.Value.DisposeAsync().AsTask()))
            .ConfigureAwait(false);
}
