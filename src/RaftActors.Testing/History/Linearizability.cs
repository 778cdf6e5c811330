namespace RaftActors.Testing.History;

/// <summary>
/// Whether a history could have come from one copy that does one operation after the other, each at some moment between its invocation and
/// its end. The search is that of Wing and Gong, as Lowe made it fast: an operation is placed only when one has ended that needs it, and no
/// place is visited twice. The same history gives the same verdict, to the letter.
/// </summary>
public static class Linearizability
{
    /// <summary>Checks each partition alone. If several are wrong, one of them is told, always the same.</summary>
    /// <param name="history">Failed operations are not looked at.</param>
    /// <param name="model">What should have happened.</param>
    /// <param name="placesMax">How large the search of one partition may become before it gives up; a place takes some 60 bytes.</param>
    public static HistoryVerdict<TInput, TOutput> Check<TState, TInput, TOutput>(
        OperationHistory<TInput, TOutput> history,
        SequentialModel<TState, TInput, TOutput> model,
        int placesMax = 2_000_000)
    {
        var left = Partitions(history, model);
        HistoryVerdict<TInput, TOutput> verdict = new HistoryVerdict<TInput, TOutput>.Linearizable();

        // One wrong partition decides, and is mostly found soon; so none is searched to its end before all were searched a little.
        foreach (var most in new[] { placesMax / 100, placesMax })
        {
            var unknown = new List<(string Key, List<Operation<TInput, TOutput>> Operations)>();
            verdict = new HistoryVerdict<TInput, TOutput>.Linearizable();
            foreach (var partition in left)
            {
                var timeline = new Timeline<TInput, TOutput>(partition.Operations);
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

    private static List<(string Key, List<Operation<TInput, TOutput>> Operations)> Partitions<TState, TInput, TOutput>(
        OperationHistory<TInput, TOutput> history,
        SequentialModel<TState, TInput, TOutput> model)
    {
        var partitions = new List<(string Key, List<Operation<TInput, TOutput>> Operations)>();
        var byKey = new Dictionary<string, List<Operation<TInput, TOutput>>>(StringComparer.Ordinal);
        foreach (var operation in history.Operations)
        {
            if (operation.Outcome == OperationOutcome.Failed)
            {
                continue;
            }

            var key = model.PartitionOf(operation.Input);
            if (!byKey.TryGetValue(key, out var operations))
            {
                byKey[key] = operations = [];
                partitions.Add((key, operations));
            }

            operations.Add(operation);
        }

        return partitions;
    }
}
