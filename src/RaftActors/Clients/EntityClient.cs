using RaftActors.Entities;
using RaftActors.Values;

namespace RaftActors;

/// <summary>
/// Calls entities by their ids, from inside or outside of their nodes. Create one for the whole application, and dispose it at its end.
/// Thread-safe.
/// </summary>
/// <typeparam name="TCommand">The type of the commands, as the entities have it.</typeparam>
/// <typeparam name="TResult">The type of the results of HandleCommand, as the entities have it.</typeparam>
public sealed class EntityClient<TCommand, TResult> : IAsyncDisposable
{
    private readonly RaftShardsClient<object?, object?> _clients;
    private readonly ValueCodec<object?> _questions;

    internal EntityClient(RaftHost host, RaftShardsClient<object?, object?> clients) =>
        (_clients, _questions) = (clients, new ValueCodec<object?>(host, codecPlace: null));

    /// <summary>
    /// Sends a command to an entity. Its outcomes are those of <see cref="RaftClient{TValue, TResult}.AppendAsync"/>: the command is
    /// handled on all nodes, it never will be, or that is unknown. If HandleCommand threw, the kind is <see cref="FailureKind.Faulted"/>,
    /// with the serial of the command: it is committed, and changed nothing.
    /// </summary>
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
    public async Task<Outcome<TResult>> SendAsync(
        string id,
        TCommand command,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        CancellationToken cancellationToken = default)
    {
        var outcome = await _clients.For(id)
            .AppendAsync(id, command, timeout, requestKey, cancellationToken: cancellationToken).ConfigureAwait(false);
        return outcome.ResultOr(null) is EntityFailure failure
            ? new Outcome<TResult>
            {
                Failure = new RaftFailure(
                    FailureKind.Faulted,
                    FailureReason.HandlerFailed,
                    $"The command {outcome.Serial} of the entity '{id}' is committed, and changed nothing: HandleCommand threw "
                        + $"{failure.Text.TrimEnd('.')}. Correct HandleCommand, or the command."),
                Serial = outcome.Serial,
                Request = outcome.Request,
            }
            : ((IOutcome)outcome).As<TResult>();
    }

    /// <summary>
    /// Asks an entity. The outcome and the exceptions are those of <c>QueryAsync</c> of a <see cref="RaftClient{TValue, TResult}"/>: by
    /// default it is never older than the call.
    /// </summary>
    /// <typeparam name="TAnswer">The type of the answer of HandleQuestion.</typeparam>
    /// <param name="id">The id.</param>
    /// <param name="question">The question, of a type as the commands have. Null: by default the entity answers with its state.</param>
    /// <param name="timeout">The time until the end. Null: <c>raft.query-timeout</c>.</param>
    /// <param name="consistency">How old the state may be. Null: <see cref="ReadConsistency.Linearizable"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The question has no serializer.</exception>
    /// <exception cref="InvalidOperationException">The answer is of another type.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Outcome<TAnswer>> AskAsync<TAnswer>(
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

    /// <summary>Asks in the same way a question that names the type of its answer.</summary>
    /// <inheritdoc cref="AskAsync{TAnswer}(string, object?, TimeSpan?, ReadConsistency?, CancellationToken)"/>
    public Task<Outcome<TAnswer>> AskAsync<TAnswer>(
        string id,
        IRaftQuestion<TAnswer> question,
        TimeSpan? timeout = null,
        ReadConsistency? consistency = null,
        CancellationToken cancellationToken = default) =>
        AskAsync<TAnswer>(id, (object)question, timeout, consistency, cancellationToken);

    /// <summary>Ends the client, as <see cref="RaftClient.DisposeAsync"/> does.</summary>
    public ValueTask DisposeAsync() => _clients.DisposeAsync();
}
