namespace RaftActors.Testing.History;

/// <summary>
/// One partition in the form that the search needs: the ends in their order, and the open operations at each end. An operation is open
/// at an end if it was invoked before the end and has not ended before it. Optional operations never end.
/// </summary>
internal sealed class Timeline<TInput, TOutput>
{
    // For each end, the open operations that are not optional, by their ends.
    private readonly int[][] _known;
    private readonly int[] _optionalUpTo;
    private readonly int[] _optional;

    /// <param name="operations">The operations in the order of their invocations, without failed ones.</param>
    public Timeline(IEnumerable<Operation<TInput, TOutput>> operations)
    {
        Operations = [.. operations];
        Predecessors = new int[Operations.Length];
        Array.Fill(Predecessors, -1);
        _optional = [.. IndicesOf(optional: true)];
        Ends = [.. IndicesOf(optional: false).OrderBy(index => Operations[index].Ended)];
        (_known, _optionalUpTo) = (new int[Ends.Length][], new int[Ends.Length]);
        FindOpen();
        foreach (var alike in _optional.GroupBy(index => Operations[index].Input))
        {
            foreach (var (previous, index) in alike.Zip(alike.Skip(1)))
            {
                Predecessors[index] = previous;
            }
        }
    }

    public Operation<TInput, TOutput>[] Operations { get; }

    /// <summary>The indices of the operations with the outcome Ok, in the order of their ends.</summary>
    public int[] Ends { get; }

    /// <summary>
    /// For an optional operation, the previous one with the same input, else -1. Both are indistinguishable once both are invoked, so
    /// the earlier one goes first.
    /// </summary>
    public int[] Predecessors { get; }

    /// <summary>Returns the number of open operations at an end that are not optional. 0 after the last end.</summary>
    public int OpenKnown(int end) => end < Ends.Length ? _known[end].Length : 0;

    /// <summary>
    /// Returns the n-th open operation at an end, or -1. The one that ends there comes first, then the others by their ends, then the
    /// optional ones.
    /// </summary>
    public int Open(int end, int n)
    {
        var known = OpenKnown(end);
        return n < known ? _known[end][n]
            : n - known < _optionalUpTo[end] ? _optional[n - known]
            : -1;
    }

    private IEnumerable<int> IndicesOf(bool optional) =>
        Enumerable.Range(0, Operations.Length).Where(index => Operations[index].IsOptional == optional);

    private void FindOpen()
    {
        var (open, invoked, optional) = (new SortedList<int, int>(), 0, 0);
        for (var end = 0; end < Ends.Length; end++)
        {
            for (; invoked < Operations.Length && Operations[invoked].Invoked < Operations[Ends[end]].Ended; invoked++)
            {
                if (Operations[invoked] is { IsOptional: false, Ended: { } ended })
                {
                    open.Add(ended, invoked);
                }
                else
                {
                    optional++;
                }
            }

            _known[end] = [.. open.Values];
            _optionalUpTo[end] = optional;
            open.RemoveAt(0);
        }
    }
}
