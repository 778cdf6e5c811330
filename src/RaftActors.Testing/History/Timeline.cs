namespace RaftActors.Testing.History;

/// <summary>
/// One partition, laid out for the search: the ends in their order, and at each end which operations are open, that is invoked before it
/// and not ended before it.
/// </summary>
/// <remarks>
/// An open operation has a slot, a bit in the search's sets. A slot is used again when its operation has ended, so that a set is as wide as
/// the history is concurrent, not as long as it is. Optional operations never end, and keep theirs.
/// </remarks>
internal sealed class Timeline<TInput, TOutput>
{
    private readonly List<int> _open = [];
    private readonly int[] _openFrom;
    private readonly int[] _optionalUpTo;
    private readonly int[] _optional;

    /// <param name="operations">In the order of their invocations, without failed ones.</param>
    public Timeline(List<Operation<TInput, TOutput>> operations)
    {
        Operations = [.. operations];
        Slots = new int[Operations.Length];
        Twins = new int[Operations.Length];
        Array.Fill(Twins, -1);
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
        FindTwins();
    }

    public Operation<TInput, TOutput>[] Operations { get; }

    /// <summary>The operations that have ended ok, by index, in the order of their ends.</summary>
    public int[] Ends { get; }

    /// <summary>The slot of each operation.</summary>
    public int[] Slots { get; }

    /// <summary>
    /// For an optional operation the one before it with the same input, else -1. Nobody can tell them apart once both are invoked, so the
    /// earlier goes first.
    /// </summary>
    public int[] Twins { get; }

    /// <summary>How many words of 64 slots a set takes.</summary>
    public int Words { get; }

    /// <summary>How many of the operations that are open at an end are not optional; none after the last end.</summary>
    public int OpenKnown(int end) => end < Ends.Length ? _openFrom[end + 1] - _openFrom[end] : 0;

    /// <summary>
    /// The n-th operation that is open at an end, or -1. First the one that ends there, then the others by their ends, then the optional
    /// ones.
    /// </summary>
    public int Open(int end, int n)
    {
        var known = OpenKnown(end);
        return n < known ? _open[_openFrom[end] + n]
            : n - known < _optionalUpTo[end] ? _optional[n - known]
            : -1;
    }

    private int[] IndicesOf(bool optional)
    {
        var indices = new List<int>(Operations.Length);
        for (var i = 0; i < Operations.Length; i++)
        {
            if (Operations[i].IsOptional == optional)
            {
                indices.Add(i);
            }
        }

        return [.. indices];
    }

    /// <returns>How many slots those take that end.</returns>
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

    private void FindTwins()
    {
        for (var i = 1; i < _optional.Length; i++)
        {
            for (var earlier = i - 1; earlier >= 0 && Twins[_optional[i]] < 0; earlier--)
            {
                if (EqualityComparer<TInput>.Default.Equals(Operations[_optional[i]].Input, Operations[_optional[earlier]].Input))
                {
                    Twins[_optional[i]] = _optional[earlier];
                }
            }
        }
    }
}
