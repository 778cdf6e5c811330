using System.Numerics;
using System.Runtime.CompilerServices;

namespace RaftActors.Core;

/// <summary>
/// A list that grows at its end and shrinks at both ends, in chunks of 128 KiB. Only the first chunk begins small and is copied as it
/// grows. Not thread-safe.
/// </summary>
/// <remarks>
/// Long logs are such lists. A single array that doubles would be copied repeatedly, and each copy would be garbage. A chunk is large
/// enough for the large-object heap, so no garbage collection moves it. Invariant: a written place is never written again, because a <see
/// cref="LogSlice"/> may show it. A change that would do so begins a new chunk.
/// </remarks>
internal sealed class ChunkedList<T>
{
    private const int ChunkBytes = 128 * 1024;
    private const int CapacityMin = 16;

    private readonly int _shift;

    // All chunks have the full size, except a first one that is alone.
    private T[][] _chunks = [];
    private int _used;

    // The place of the first item. Invariant: it is in the first chunk.
    private int _head;

    public ChunkedList()
        : this((int)BitOperations.RoundUpToPowerOf2((uint)(ChunkBytes / Unsafe.SizeOf<T>())))
    {
    }

    /// <summary>Creates an empty list with another length of chunks, a power of two.</summary>
    internal ChunkedList(int chunkLength) => _shift = BitOperations.Log2((uint)chunkLength);

    public int Count { get; private set; }

    private int ChunkLength => 1 << _shift;

    private int Mask => ChunkLength - 1;

    /// <summary>The item at a place, from 0. The place is not checked against <see cref="Count"/>.</summary>
    public ref readonly T this[int place] => ref _chunks[(_head + place) >> _shift][(_head + place) & Mask];

    /// <summary>Shows the entries of a list from a place on.</summary>
    internal static LogSlice Slice(ChunkedList<LogEntry> list, int first, int count) =>
        count == 0 ? default : new LogSlice(list._chunks, list._shift, list._head + first, count);

    public void Add(T item)
    {
        var (chunk, place) = ((_head + Count) >> _shift, (_head + Count) & Mask);
        if (chunk == _used)
        {
            AddChunk();
        }
        else if (place == _chunks[chunk].Length)
        {
            CopyChunk(place, 2 * place);
        }

        _chunks[chunk][place] = item;
        Count++;
    }

    /// <summary>
    /// Removes the first items. Their memory stays until all items of their chunk are removed. If a chunk has more removed items than the
    /// list has items, the items are copied. So a removed item costs at most one copy.
    /// </summary>
    public void RemoveFirst(int count)
    {
        (_head, Count) = (_head + count, Count - count);
        if (Count == 0)
        {
            Clear();
            return;
        }

        var gone = _head >> _shift;
        if (gone > 0)
        {
            (_chunks, _used, _head) = (_chunks[gone.._used], _used - gone, _head & Mask);
        }

        if (_head > Count)
        {
            Compact();
        }
    }

    public void RemoveLast(int count)
    {
        Count -= count;
        if (Count == 0)
        {
            Clear();
        }
        else if (count > 0)
        {
            CopyChunk(_head + Count, _head + Count);
        }
    }

    /// <summary>
    /// Returns the number of first items for which a condition holds, in logarithmic time. The condition must hold for no item after one
    /// for which it does not.
    /// </summary>
    public int CountWhile<TLimit>(TLimit limit, Func<T, TLimit, bool> isBelow)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = isBelow(this[middle], limit) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    public void Clear() => (_chunks, _used, _head, Count) = ([], 0, 0, 0);

    private void AddChunk()
    {
        if (_used == _chunks.Length)
        {
            Array.Resize(ref _chunks, Math.Max(1, 2 * _used));
        }

        _chunks[_used] = new T[_used == 0 ? CapacityFor(0) : ChunkLength];
        _used++;
    }

    /// <summary>Replaces the chunk of a place by a copy of the items before that place. Later chunks are removed.</summary>
    /// <param name="end">The place, counted from the first chunk on.</param>
    /// <param name="capacity">The least capacity of the copy if it is the first chunk.</param>
    private void CopyChunk(int end, int capacity)
    {
        var (whole, rest) = (end >> _shift, end & Mask);
        var chunks = new T[whole + 1][];
        Array.Copy(_chunks, chunks, whole);
        chunks[whole] = new T[whole == 0 ? CapacityFor(capacity) : ChunkLength];
        if (rest > 0)
        {
            Array.Copy(_chunks[whole], chunks[whole], rest);
        }

        (_chunks, _used) = (chunks, whole + 1);
    }

    /// <summary>Moves the items to a new first chunk. They are fewer than a chunk holds.</summary>
    private void Compact()
    {
        var items = new T[CapacityFor(2 * Count)];
        for (var place = 0; place < Count; place++)
        {
            items[place] = this[place];
        }

        (_chunks, _used, _head) = ([items], 1, 0);
    }

    private int CapacityFor(int items) =>
        Math.Min(ChunkLength, Math.Max(CapacityMin, (int)BitOperations.RoundUpToPowerOf2((uint)items)));
}
