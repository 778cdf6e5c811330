using RaftActors.Core;

namespace RaftActors.Delivery;

/// <summary>Results in the order of their serials. Forgets the oldest ones beyond the bounds of <see cref="KeptResults"/>.</summary>
internal sealed class ResultRing<TResult>
{
    // Chunks of some 16 KiB, so that forgotten results are garbage soon.
    private readonly ChunkedList<KeptResult<TResult>> _results = new(chunkLength: 512);

    public int Count => _results.Count;

    public int Bytes { get; private set; }

    /// <param name="place">Counted from the oldest result.</param>
    public ref readonly KeptResult<TResult> this[int place] => ref _results[place];

    /// <summary>Adds a result. One that comes out of order is not kept, because its place would depend on more than the log.</summary>
    public void Add(in KeptResult<TResult> result)
    {
        if (Count > 0 && result.Serial <= this[Count - 1].Serial)
        {
            return;
        }

        while (Count == KeptResults.CountMax || Bytes + result.Size > KeptResults.BytesMax)
        {
            Bytes -= this[0].Size;
            _results.RemoveFirst(1);
        }

        _results.Add(result);
        Bytes += result.Size;
    }

    public KeptResult<TResult>? Find(Serial serial)
    {
        var place = _results.CountWhile(serial, static (kept, serial) => kept.Serial < serial);
        return place < Count && this[place].Serial == serial ? this[place] : null;
    }
}
