using System.Collections.Immutable;

namespace RaftActors.Testing.Tests.History;

/// <summary>A slow and obvious check: tries all orders of all subsets of the operations.</summary>
internal static class BruteForce
{
    /// <summary>
    /// Whether some order explains all operations that have ended at a position of the history. Default: the last position.
    /// </summary>
    public static bool IsLinearizable<TState, TInput, TOutput>(
        OperationHistory<TInput, TOutput> history,
        SequentialModel<TState, TInput, TOutput> model,
        int upTo = int.MaxValue) => HasOrder([], [.. history.Operations.Where(operation => operation.Invoked <= upTo)], model, upTo);

    private static bool HasOrder<TState, TInput, TOutput>(
        ImmutableList<Operation<TInput, TOutput>> order,
        ImmutableList<Operation<TInput, TOutput>> others,
        SequentialModel<TState, TInput, TOutput> model,
        int upTo) =>
        // An order that fails from its beginning on explains nothing, whatever follows.
        Explains(order, model)
        && (!others.Any(operation => operation.Outcome == OperationOutcome.Ok && operation.Ended <= upTo)
            || others.Any(operation => HasOrder(order.Add(operation), others.Remove(operation), model, upTo)));

    private static bool Explains<TState, TInput, TOutput>(
        IReadOnlyList<Operation<TInput, TOutput>> order,
        SequentialModel<TState, TInput, TOutput> model)
    {
        var state = model.Initial;
        for (var i = 0; i < order.Count; i++)
        {
            var isTooEarly = order.Skip(i + 1).Any(later => later.Outcome == OperationOutcome.Ok && later.Ended < order[i].Invoked);
            if (isTooEarly || order[i].Outcome == OperationOutcome.Failed
                || !model.TryStep(state, order[i].Input, order[i], out var next))
            {
                return false;
            }

            state = next;
        }

        return true;
    }
}
