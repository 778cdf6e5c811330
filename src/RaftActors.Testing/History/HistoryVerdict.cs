using System.Text;

namespace RaftActors.Testing.History;

/// <summary>The result of a check of a history. A closed set of types.</summary>
internal abstract record HistoryVerdict<TInput, TOutput>
{
    private HistoryVerdict()
    {
    }

    /// <summary>
    /// The history is linearizable: some order of the operations explains all outputs, with each operation between its invocation and
    /// its end.
    /// </summary>
    public sealed record Linearizable : HistoryVerdict<TInput, TOutput>
    {
        internal Linearizable()
        {
        }
    }

    /// <summary>
    /// The history is not linearizable. No order explains the history up to the end of one operation; an order explains it up to just
    /// before that end. The text shows both.
    /// </summary>
    public sealed record NotLinearizable : HistoryVerdict<TInput, TOutput>
    {
        private const int LinesOfOrder = 20;

        internal NotLinearizable(
            string partition,
            IReadOnlyList<Operation<TInput, TOutput>> order,
            string state,
            Operation<TInput, TOutput> impossible,
            IReadOnlyList<Operation<TInput, TOutput>> open) =>
            (Partition, Order, State, Impossible, Open) = (partition, order, state, impossible, open);

        /// <summary>The partition. Others may be wrong, too.</summary>
        internal string Partition { get; }

        /// <summary>An order that explains everything before that end.</summary>
        public IReadOnlyList<Operation<TInput, TOutput>> Order { get; }

        /// <summary>The state after that order, as text.</summary>
        internal string State { get; }

        /// <summary>The operation that fits into no order.</summary>
        public Operation<TInput, TOutput> Impossible { get; }

        /// <summary>
        /// The operations that were invoked before that end and are not in this order. Placing them earlier did not help.
        /// </summary>
        internal IReadOnlyList<Operation<TInput, TOutput>> Open { get; }

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
    public sealed record GaveUp : HistoryVerdict<TInput, TOutput>
    {
        internal GaveUp(string partition, int places) => (Partition, Places) = (partition, places);

        internal string Partition { get; }

        /// <summary>The number of places that the search visited.</summary>
        internal int Places { get; }

        /// <inheritdoc/>
        public override string ToString() =>
            $"No verdict{(Partition.Length == 0 ? "" : $" about {Partition}")}: the search ended after {Places} places. Allow it more "
            + "places, or record a history with fewer concurrent operations.";
    }
}
