namespace RaftActors.Testing.History;

/// <summary>
/// What clients asked of a system and what they were told, in the order in which it happened: the order of the calls made here. An
/// operation that is never ended stays concurrent with everything after it, as one that ended unknown.
/// </summary>
/// <remarks>For one thread. Clients on several threads take a lock around each call.</remarks>
public sealed class OperationHistory<TInput, TOutput>
{
    private readonly List<Operation<TInput, TOutput>> _operations = [];
    private int _places;

    /// <summary>All operations, in the order of their invocations.</summary>
    public IReadOnlyList<Operation<TInput, TOutput>> Operations => _operations;

    /// <summary>
    /// A client is about to ask. Say it before anything leaves the client: what is noted too late makes a right system look wrong.
    /// </summary>
    public Operation<TInput, TOutput> Invoke(int client, TInput input)
    {
        var operation = new Operation<TInput, TOutput>(client, input, _places++);
        _operations.Add(operation);
        return operation;
    }

    /// <summary>It took effect, and the client has got this.</summary>
    /// <exception cref="InvalidOperationException">It has ended already.</exception>
    public void Ok(Operation<TInput, TOutput> operation, TOutput output) =>
        operation.End(OperationOutcome.Ok, new Observed<TOutput>(true, output), _places++);

    /// <summary>It did not take effect and never will. If that is not certain, it is <see cref="Unknown"/>.</summary>
    /// <exception cref="InvalidOperationException">It has ended already.</exception>
    public void Fail(Operation<TInput, TOutput> operation) => operation.End(OperationOutcome.Failed, default, _places++);

    /// <summary>The client waits no longer. It may have taken effect, and may still do so at any time.</summary>
    /// <exception cref="InvalidOperationException">It has ended already.</exception>
    public void Unknown(Operation<TInput, TOutput> operation) => operation.End(OperationOutcome.Unknown, default, _places++);
}
