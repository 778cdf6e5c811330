namespace RaftActors;

/// <summary>
/// Creates clients of groups, shards and entities. <see cref="Raft"/> does it in an actor system, and <see cref="RaftConnection"/> in any
/// other program, so code that takes this interface runs in both. Thread-safe.
/// </summary>
public interface IRaftClients
{
    /// <summary>Creates a client of a group. The first call of the client looks for the group; this method does not.</summary>
    /// <typeparam name="TValue">The type of the values of the group, as its actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="group">
    /// The name of the group: that of its actors, unless they name another one. Null: <c>raft.group</c>, or in an actor system without it
    /// the only group of the node.
    /// </param>
    /// <param name="contacts">
    /// Nodes that know the group: <c>host:port</c>. Null: those of the connection, or in an actor system <c>raft.client.contacts</c>.
    /// </param>
    /// <param name="codec">The <see cref="RaftOptions{TValue}.Codec"/> of the actors. Null: they have none.</param>
    /// <param name="resultCodec">The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: they have none.</param>
    /// <exception cref="ArgumentException">The name of the group has half a surrogate pair.</exception>
    /// <exception cref="RaftConfigurationException">
    /// A setting is wrong, the name of the group is missing, or a type has neither a codec nor a serializer.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    RaftClient<TValue, TResult> CreateClient<TValue, TResult>(
        string? group = null,
        IReadOnlyList<string>? contacts = null,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null);

    /// <summary>
    /// Creates a client that neither appends nor reads: for the status of a group, and for changes of its members. Otherwise as
    /// <see cref="CreateClient{TValue, TResult}(string?, IReadOnlyList{string}?, RaftCodec{TValue}?, RaftCodec{TResult}?)"/>.
    /// </summary>
    /// <param name="group">As there.</param>
    /// <param name="contacts">As there.</param>
    RaftClient CreateClient(string? group = null, IReadOnlyList<string>? contacts = null);

    /// <summary>
    /// Creates the clients of all shards. Otherwise as
    /// <see cref="CreateClient{TValue, TResult}(string?, IReadOnlyList{string}?, RaftCodec{TValue}?, RaftCodec{TResult}?)"/>.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the groups, as their actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="contacts">As there.</param>
    /// <param name="codec">As there.</param>
    /// <param name="resultCodec">As there.</param>
    RaftShardsClient<TValue, TResult> CreateClient<TValue, TResult>(
        RaftShards shards,
        IReadOnlyList<string>? contacts = null,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null);

    /// <summary>Creates a client of the entities of shards. <see cref="EntityShard{TEntity, TState}"/> hosts them.</summary>
    /// <typeparam name="TCommand">The type of the commands, as the entities have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleCommand, as the entities have it.</typeparam>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="contacts">As in <see cref="CreateClient(string?, IReadOnlyList{string}?)"/>.</param>
    EntityClient<TCommand, TResult> CreateEntityClient<TCommand, TResult>(RaftShards shards, IReadOnlyList<string>? contacts = null);
}
