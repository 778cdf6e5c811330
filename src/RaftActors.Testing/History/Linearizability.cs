namespace RaftActors.Testing.History;

/// <summary>
/// Checks whether a history is linearizable: one copy that does the operations one after the other could have given all outputs. Each
/// operation takes effect at one moment between its invocation and its end (Herlihy and Wing).
/// <para>
/// The search is Wing and Gong's with Lowe's memory. It is deterministic: the same history gives the same verdict, to the letter. The
/// question is NP-complete, so a history with many concurrent operations of one partition may end without a verdict.
/// </para>
/// </summary>
internal static class Linearizability
{
    /// <summary>Checks each partition of a history. If several are wrong, reports one of them, always the same.</summary>
    /// <typeparam name="TState">The state of the model.</typeparam>
    /// <typeparam name="TInput">The input of an operation.</typeparam>
    /// <typeparam name="TOutput">The output of an operation.</typeparam>
    /// <param name="history">The history. Failed operations are ignored.</param>
    /// <param name="model">The behaviour of one copy.</param>
    /// <param name="placesMax">The limit of places that the search of one partition visits. A place takes about 60 bytes.</param>
    public static HistoryVerdict<TInput, TOutput> Check<TState, TInput, TOutput>(
        OperationHistory<TInput, TOutput> history,
        SequentialModel<TState, TInput, TOutput> model,
        int placesMax = 2_000_000)
    {
        var left = history.Operations
            .Where(operation => operation.Outcome != OperationOutcome.Failed)
            .GroupBy(operation => model.PartitionOf(operation.Input), StringComparer.Ordinal)
            .ToList();
        HistoryVerdict<TInput, TOutput> verdict = new HistoryVerdict<TInput, TOutput>.Linearizable();

        // One wrong partition decides, and is mostly found soon. So each partition is searched a little before any is searched to the end.
        foreach (var most in new[] { placesMax / 100, placesMax })
        {
            List<IGrouping<string, Operation<TInput, TOutput>>> unknown = [];
            verdict = new HistoryVerdict<TInput, TOutput>.Linearizable();
            foreach (var partition in left)
            {
                var timeline = new Timeline<TInput, TOutput>(partition);
                var one = new LinearizationSearch<TState, TInput, TOutput>(timeline, model, most).Run(partition.Key);
                switch (one)
                {
                    case HistoryVerdict<TInput, TOutput>.NotLinearizable:
                        return one;
                    case HistoryVerdict<TInput, TOutput>.GaveUp:
                        unknown.Add(partition);
                        verdict = unknown.Count == 1 ? one : verdict;
                        break;
                }
            }

            left = unknown;
        }

        return verdict;
    }
}
