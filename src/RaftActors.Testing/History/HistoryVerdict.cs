using System.Text;

namespace RaftActors.Testing.History;

/// <summary>What a check of a history has found. Closed.</summary>
public abstract record HistoryVerdict<TInput, TOutput>
{
    private HistoryVerdict()
    {
    }

    /// <summary>Some order of the operations, none before its invocation or after its end, explains all that clients were told.</summary>
    public sealed record Linearizable : HistoryVerdict<TInput, TOutput>;

    /// <summary>
    /// No order does. Up to the end of <paramref name="Impossible"/> there is no order, up to just before there is; of what comes later it
    /// only matters how the operations end that are open there.
    /// </summary>
    /// <param name="Partition">Which partition; others may be wrong too.</param>
    /// <param name="Order">An order that explains everything before that end.</param>
    /// <param name="State">The state after it.</param>
    /// <param name="Impossible">The operation that has no place then, in this order or another.</param>
    /// <param name="Open">Those invoked before that end that have no place in this order; trying them first did not help.</param>
    public sealed record NotLinearizable(
        string Partition,
        IReadOnlyList<Operation<TInput, TOutput>> Order,
        string State,
        Operation<TInput, TOutput> Impossible,
        IReadOnlyList<Operation<TInput, TOutput>> Open) : HistoryVerdict<TInput, TOutput>
    {
        private const int LinesOfOrder = 20;

        /// <summary>Some lines for a person: the last part of the order, and what does not fit behind it.</summary>
        public override string ToString()
        {
            var text = new StringBuilder($"Not linearizable{(Partition.Length == 0 ? "" : $": {Partition}")}\n");
            var left = Math.Max(0, Order.Count - LinesOfOrder);
            text.Append(left == 0 ? "" : $"  ({left} operations)\n");
            for (var i = left; i < Order.Count; i++)
            {
                text.Append($"  {Order[i]}\n");
            }

            text.Append($"gives {State}, and then there is no place for\n  {Impossible}\n");
            foreach (var operation in Open)
            {
                text.Append($"  (open: {operation})\n");
            }

            return text.ToString();
        }
    }

    /// <summary>It was not found out: the search has grown too large. No other partition has been found wrong.</summary>
    /// <param name="Partition">Where.</param>
    /// <param name="Places">How many places of the search it had been at.</param>
    public sealed record GaveUp(string Partition, int Places) : HistoryVerdict<TInput, TOutput>;
}
