using Akka.Actor;

using RaftActors.Entities;
using RaftActors.Values;

namespace RaftActors;

/// <summary>
/// Calls entities by their ids, from inside or outside of their nodes. Create one for the whole application, and dispose it at its end.
/// Thread-safe.
/// </summary>
public sealed class EntityClient : IAsyncDisposable
{
    private readonly RaftShardsClient<object?, object?> _clients;
    private readonly ValueCodec<object?> _questions;

    internal EntityClient(ActorSystem system, RaftShardsClient<object?, object?> clients) =>
        (_clients, _questions) = (clients, new ValueCodec<object?>(system, codecPlace: null));

    /// <summary>
    /// Sends a command to an entity. Its outcomes are those of <see cref="RaftClient{TValue, TResult}.AppendAsync"/>: the command is
    /// handled on all nodes, it never will be, or that is unknown. While the entity is quarantined, a command ends as NotCommitted with
    /// <see cref="NotCommittedReason.Quarantined"/>. If it is in the log already, it ends as Unknown with
    /// <see cref="UnknownReason.Quarantined"/>.
    /// </summary>
    /// <typeparam name="TResult">The type of the result of HandleCommand.</typeparam>
    /// <param name="id">The id. Any text.</param>
    /// <param name="command">
    /// The command, which may be null. It needs a type that RaftActors knows, a type of <see cref="Raft.UseJson"/>, or a serializer of
    /// Akka.
    /// </param>
    /// <param name="timeout">The time until the end. Null: <c>raft.append-timeout</c>.</param>
    /// <param name="requestKey">Makes the call safe to repeat, by any client. Null: the call is never repeated.</param>
    /// <param name="cancellationToken">Ends the wait only.</param>
    /// <exception cref="ArgumentException">The command has no serializer, or is too large.</exception>
    /// <exception cref="InvalidOperationException">The command was handled, and its result is of another type.</exception>
    public async Task<Outcome<TResult>> SendAsync<TResult>(
        string id,
        object? command,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        CancellationToken cancellationToken = default)
    {
        var outcome = await _clients.For(id).AppendAsync(id, command, timeout, cancellationToken, requestKey).ConfigureAwait(false);
        return ((IOutcome)outcome).As<TResult>();
    }

    /// <summary>
    /// Asks an entity. The answer and the exceptions are those of <see cref="RaftClient{TValue, TResult}.QueryAsync"/>: by default it
    /// is never older than the call.
    /// </summary>
    /// <typeparam name="TAnswer">The type of the answer of HandleQuestion.</typeparam>
    /// <param name="id">The id.</param>
    /// <param name="question">The question, of a type as the commands have. Null: by default the entity answers with its state.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.query-timeout</c>.</param>
    /// <param name="consistency">How old the state may be. Null: <see cref="ReadConsistency.Linearizable"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The question has no serializer.</exception>
    /// <exception cref="InvalidOperationException">The answer is of another type.</exception>
    /// <exception cref="RaftUnavailableException">No process answered in time, or HandleQuestion failed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<TAnswer> AskAsync<TAnswer>(
        string id,
        object? question = null,
        TimeSpan? timeout = null,
        ReadConsistency? consistency = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var bytes = EntityQuestion.Write(id, _questions.Encode(question).Span);
        return _clients.For(id).QueryAsync<TAnswer>(bytes, timeout, consistency, cancellationToken);
    }

    /// <summary>
    /// Removes an entity on all nodes: its state, and the commands that nodes hold while it is quarantined. The next command of the id
    /// finds a new one. A reset overrides the rules of HandleCommand, so with <c>raft.security</c> it needs the role operator. The
    /// outcomes are those of <see cref="SendAsync{TResult}"/>, and a Done has the result null.
    /// </summary>
    /// <param name="id">The id. An id without an entity is allowed.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.append-timeout</c>.</param>
    /// <param name="cancellationToken">Ends the wait only.</param>
    public Task<Outcome<object?>> ResetAsync(string id, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        SendAsync<object?>(id, EntityReset.Instance, timeout, cancellationToken: cancellationToken);

    /// <summary>Ends the client, as <see cref="RaftClient.DisposeAsync"/> does.</summary>
    public ValueTask DisposeAsync() => _clients.DisposeAsync();
}
