namespace RaftActors;

/// <summary>
/// Options of a <see cref="RaftClient{TValue, TResult}"/>. <c>raft.client</c> of <c>raft.groups.NAME</c> or <c>raft</c> has its settings.
/// </summary>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
/// <typeparam name="TResult">The type of the results of HandleAppend.</typeparam>
public sealed record RaftClientOptions<TValue, TResult>
{
    /// <summary>
    /// Nodes that know the group, besides the own one: <c>host:port</c>, or addresses of Akka such as <c>akka.tcp://shop@host:port</c>.
    /// Null: <c>raft.client.contacts</c>.
    /// </summary>
    public IReadOnlyList<string>? Contacts { get; init; }

    /// <summary>The <see cref="RaftOptions{TValue}.Codec"/> of the actors. Null: they have none.</summary>
    public RaftCodec<TValue>? Codec { get; init; }

    /// <summary>The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: they have none.</summary>
    public RaftCodec<TResult>? ResultCodec { get; init; }
}
