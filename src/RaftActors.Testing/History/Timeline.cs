namespace RaftActors.Testing.History;

/// <summary>
/// One partition in the form that the search needs: the ends in their order, and the open operations at each end. An operation is open
/// at an end if it was invoked before the end and has not ended before it.
/// </summary>
/// <remarks>
/// An open operation has a slot, a bit in the search's sets. A slot is reused when its operation has ended. So the width of a set
/// depends on the concurrency of the history, not on its length. Optional operations never end, and keep their slots.
/// </remarks>
internal sealed class Timeline<TInput, TOutput>
{
    private readonly List<int> _open = [];
    private readonly int[] _openFrom;
    private readonly int[] _optionalUpTo;
    private readonly int[] _optional;

    /// <param name="operations">The operations in the order of their invocations, without failed ones.</param>
    public Timeline(IEnumerable<Operation<TInput, TOutput>> operations)
    {
        Operations = [.. operations];
        Slots = new int[Operations.Length];
        Predecessors = new int[Operations.Length];
        Array.Fill(Predecessors, -1);
        _optional = IndicesOf(optional: true);
        Ends = IndicesOf(optional: false);
        Array.Sort(Ends, (one, other) => Nullable.Compare(Operations[one].Ended, Operations[other].Ended));
        _openFrom = new int[Ends.Length + 1];
        _optionalUpTo = new int[Ends.Length];
        var concurrent = LayOut();
        for (var i = 0; i < _optional.Length; i++)
        {
            Slots[_optional[i]] = concurrent + i;
        }

        Words = (concurrent + _optional.Length + 63) / 64;
        FindPredecessors();
    }

    public Operation<TInput, TOutput>[] Operations { get; }

    /// <summary>The indices of the operations with the outcome Ok, in the order of their ends.</summary>
    public int[] Ends { get; }

    public int[] Slots { get; }

    /// <summary>
    /// For an optional operation, the previous one with the same input, else -1. Both are indistinguishable once both are invoked, so
    /// the earlier one goes first.
    /// </summary>
    public int[] Predecessors { get; }

    /// <summary>The number of 64-bit words in a set.</summary>
    public int Words { get; }

    /// <summary>Returns the number of open operations at an end that are not optional. 0 after the last end.</summary>
    public int OpenKnown(int end) => end < Ends.Length ? _openFrom[end + 1] - _openFrom[end] : 0;

    /// <summary>
    /// Returns the n-th open operation at an end, or -1. The one that ends there comes first, then the others by their ends, then the
    /// optional ones.
    /// </summary>
    public int Open(int end, int n)
    {
        var known = OpenKnown(end);
        return n < known ? _open[_openFrom[end] + n]
            : n - known < _optionalUpTo[end] ? _optional[n - known]
            : -1;
    }

    private int[] IndicesOf(bool optional) =>
        [.. Enumerable.Range(0, Operations.Length).Where(index => Operations[index].IsOptional == optional)];

    /// <returns>The number of slots that ending operations need.</returns>
    private int LayOut()
    {
        var free = new Stack<int>();
        var open = new List<int>();
        var (concurrent, invoked, optional) = (0, 0, 0);
        for (var end = 0; end < Ends.Length; end++)
        {
            var ending = Ends[end];
            for (; invoked < Operations.Length && Operations[invoked].Invoked < Operations[ending].Ended; invoked++)
            {
                if (Operations[invoked].IsOptional)
                {
                    optional++;
                    continue;
                }

                Slots[invoked] = free.TryPop(out var slot) ? slot : concurrent++;
                InsertByEnd(open, invoked);
            }

            _optionalUpTo[end] = optional;
            _open.AddRange(open);
            _openFrom[end + 1] = _open.Count;
            open.RemoveAt(0);
            free.Push(Slots[ending]);
        }

        return concurrent;
    }

    private void InsertByEnd(List<int> open, int operation)
    {
        var at = open.Count;
        while (at > 0 && Operations[open[at - 1]].Ended > Operations[operation].Ended)
        {
            at--;
        }

        open.Insert(at, operation);
    }

    private void FindPredecessors()
    {
        for (var i = 1; i < _optional.Length; i++)
        {
            for (var earlier = i - 1; earlier >= 0 && Predecessors[_optional[i]] < 0; earlier--)
            {
                if (EqualityComparer<TInput>.Default.Equals(Operations[_optional[i]].Input, Operations[_optional[earlier]].Input))
                {
                    Predecessors[_optional[i]] = _optional[earlier];
                }
            }
        }
    }
}
