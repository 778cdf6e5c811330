using System.Text;

namespace RaftActors.Testing.History;

/// <summary>Why a history is wrong, or why it is not known whether it is. ToString has several lines for people.</summary>
/// <param name="Partition">The partition. Others may be wrong, too.</param>
/// <param name="Places">The number of places that the search visited.</param>
internal sealed record HistoryFault<TInput, TOutput>(string Partition, int Places)
{
    private const int LinesOfOrder = 20;

    /// <summary>
    /// The operation that fits into no order: some order explains the history up to just before its end. Null: no verdict, because the
    /// search became too large. No other partition was found wrong then.
    /// </summary>
    public Operation<TInput, TOutput>? Impossible { get; init; }

    /// <summary>An order that explains everything before that end.</summary>
    public IReadOnlyList<Operation<TInput, TOutput>> Order { get; init; } = [];

    /// <summary>The state after that order, as text.</summary>
    public string State { get; init; } = "";

    /// <summary>
    /// The operations that were invoked before that end and are not in this order. Placing them earlier did not help.
    /// </summary>
    public IReadOnlyList<Operation<TInput, TOutput>> Open { get; init; } = [];

    public override string ToString()
    {
        if (Impossible is null)
        {
            return $"No verdict{(Partition.Length == 0 ? "" : $" about {Partition}")}: the search ended after {Places} places. Allow it "
                + "more places, or record a history with fewer concurrent operations.";
        }

        var text = new StringBuilder($"Not linearizable{(Partition.Length == 0 ? "" : $": {Partition}")}\n");
        var left = Math.Max(0, Order.Count - LinesOfOrder);
        text.Append(left == 0 ? "" : $"  ({left} operations)\n");
        text.AppendJoin("", Order.Skip(left).Select(operation => $"  {operation}\n"));
        text.Append($"gives {State}, and then there is no place for\n  {Impossible}\n");
        return text.AppendJoin("", Open.Select(operation => $"  (open: {operation})\n")).ToString();
    }
}
