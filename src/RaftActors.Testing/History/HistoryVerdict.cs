using System.Text;

namespace RaftActors.Testing.History;

/// <summary>The result of a check of a history. A closed set of types.</summary>
public abstract record HistoryVerdict<TInput, TOutput>
{
    private HistoryVerdict()
    {
    }

    /// <summary>
    /// The history is linearizable: some order of the operations explains all outputs, with each operation between its invocation and
    /// its end.
    /// </summary>
    public sealed record Linearizable : HistoryVerdict<TInput, TOutput>;

    /// <summary>
    /// The history is not linearizable. No order explains the history up to the end of <paramref name="Impossible"/>; an order explains
    /// it up to just before that end.
    /// </summary>
    /// <param name="Partition">The partition. Others may be wrong, too.</param>
    /// <param name="Order">An order that explains everything before that end.</param>
    /// <param name="State">The state after that order, as text.</param>
    /// <param name="Impossible">The operation that fits into no order.</param>
    /// <param name="Open">
    /// The operations that were invoked before that end and are not in this order. Placing them earlier did not help.
    /// </param>
    public sealed record NotLinearizable(
        string Partition,
        IReadOnlyList<Operation<TInput, TOutput>> Order,
        string State,
        Operation<TInput, TOutput> Impossible,
        IReadOnlyList<Operation<TInput, TOutput>> Open) : HistoryVerdict<TInput, TOutput>
    {
        private const int LinesOfOrder = 20;

        /// <summary>Several lines for people: the last part of the order, and the operation that does not fit behind it.</summary>
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

    /// <summary>No verdict: the search of a partition became too large. No other partition was found wrong.</summary>
    /// <param name="Partition">The partition.</param>
    /// <param name="Places">The number of places that the search visited.</param>
    public sealed record GaveUp(string Partition, int Places) : HistoryVerdict<TInput, TOutput>;
}
