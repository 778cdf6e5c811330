namespace RaftActors.Testing.History;

/// <summary>
/// The operations of clients and their ends, in the order of the calls to this object. An operation without an end is concurrent with
/// everything after it, like an unknown one.
/// </summary>
/// <remarks>Not thread-safe. Clients on several threads need a lock around each call.</remarks>
/// <typeparam name="TInput">The input of an operation.</typeparam>
/// <typeparam name="TOutput">The output of an operation.</typeparam>
public sealed class OperationHistory<TInput, TOutput>
{
    private readonly List<Operation<TInput, TOutput>> _operations = [];
    private int _places;

    /// <summary>All operations, in the order of their invocations.</summary>
    internal IReadOnlyList<Operation<TInput, TOutput>> Operations => _operations;

    /// <summary>
    /// Records an invocation. Call it before the request leaves the client. A late call makes a correct system look wrong.
    /// </summary>
    public Operation<TInput, TOutput> Invoke(int client, TInput input)
    {
        var operation = new Operation<TInput, TOutput>(client, input, _places++);
        _operations.Add(operation);
        return operation;
    }

    /// <summary>Records that the operation took effect with this output.</summary>
    /// <exception cref="InvalidOperationException">The operation has ended already.</exception>
    public void Ok(Operation<TInput, TOutput> operation, TOutput output) =>
        operation.End(OperationOutcome.Ok, output, _places++);

    /// <summary>
    /// Records that the operation did not take effect and never will. If that is not certain, call <see cref="Unknown"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The operation has ended already.</exception>
    public void Fail(Operation<TInput, TOutput> operation) => operation.End(OperationOutcome.Failed, default, _places++);

    /// <summary>
    /// Checks whether the history is linearizable: one copy that does the operations one after the other could have given all outputs. Each
    /// operation takes effect at one moment between its invocation and its end (Herlihy and Wing). The same history gives the same text.
    /// </summary>
    /// <typeparam name="TState">The state of the model.</typeparam>
    /// <param name="model">The behaviour of one copy.</param>
    /// <param name="placesMax">The limit of places that the search of one partition visits. A place takes about 60 bytes.</param>
    /// <returns>
    /// Null: it is. Otherwise several lines for people: an order that explains the most, and the operation that does not fit behind it. Or
    /// that the search ended at the limit, because too many operations of one partition are concurrent.
    /// </returns>
    public string? FindFault<TState>(SequentialModel<TState, TInput, TOutput> model, int placesMax = 2_000_000) =>
        Check(model, placesMax)?.ToString();

    /// <summary>Does the same. If several partitions are wrong, returns one of them, always the same.</summary>
    internal HistoryFault<TInput, TOutput>? Check<TState>(SequentialModel<TState, TInput, TOutput> model, int placesMax = 2_000_000)
    {
        var left = _operations
            .Where(operation => operation.Outcome != OperationOutcome.Failed)
            .GroupBy(operation => model.PartitionOf(operation.Input), StringComparer.Ordinal)
            .ToList();
        HistoryFault<TInput, TOutput>? unknown = null;

        // One wrong partition decides, and is mostly found soon. So each partition is searched a little before any is searched to the end.
        foreach (var most in new[] { placesMax / 100, placesMax })
        {
            unknown = null;
            foreach (var partition in left.ToList())
            {
                var timeline = new Timeline<TInput, TOutput>(partition);
                var fault = new LinearizationSearch<TState, TInput, TOutput>(timeline, model, most).Run(partition.Key);
                if (fault is { Impossible: not null })
                {
                    return fault;
                }

                if (fault is null)
                {
                    left.Remove(partition);
                }

                unknown ??= fault;
            }
        }

        return unknown;
    }

    /// <summary>Records that the client gave up. The operation may have taken effect, and may still do so at any time.</summary>
    /// <exception cref="InvalidOperationException">The operation has ended already.</exception>
    public void Unknown(Operation<TInput, TOutput> operation) => operation.End(OperationOutcome.Unknown, default, _places++);
}
