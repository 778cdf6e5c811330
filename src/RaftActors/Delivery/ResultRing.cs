namespace RaftActors.Delivery;

/// <summary>Results in the order of their serials. Forgets the oldest ones beyond the bounds of <see cref="KeptResults"/>.</summary>
internal sealed class ResultRing<TResult>
{
    private KeptResult<TResult>[] _ring = new KeptResult<TResult>[4];
    private int _first;

    public int Count { get; private set; }

    public int Bytes { get; private set; }

    /// <param name="place">Counted from the oldest result.</param>
    public ref readonly KeptResult<TResult> this[int place] => ref _ring[(_first + place) & (_ring.Length - 1)];

    /// <summary>Adds a result. One that comes out of order is not kept, because its place would depend on more than the log.</summary>
    public void Add(in KeptResult<TResult> result)
    {
        if (Count > 0 && result.Serial <= this[Count - 1].Serial)
        {
            return;
        }

        while (Count == KeptResults.CountMax || Bytes + result.Size > KeptResults.BytesMax)
        {
            Forget();
        }

        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_first + Count) & (_ring.Length - 1)] = result;
        (Count, Bytes) = (Count + 1, Bytes + result.Size);
    }

    public KeptResult<TResult>? Find(Serial serial)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = this[middle].Serial < serial ? (middle + 1, high) : (low, middle);
        }

        return low < Count && this[low].Serial == serial ? this[low] : null;
    }

    private void Forget()
    {
        ref var oldest = ref _ring[_first];
        Bytes -= oldest.Size;
        oldest = default;
        (_first, Count) = ((_first + 1) & (_ring.Length - 1), Count - 1);
    }

    // Invariant: the length is a power of two.
    private void Grow()
    {
        var ring = new KeptResult<TResult>[2 * _ring.Length];
        for (var place = 0; place < Count; place++)
        {
            ring[place] = this[place];
        }

        (_ring, _first) = (ring, 0);
    }
}
