using System.Runtime.InteropServices;

namespace RaftActors.Core.Codec;

/// <summary>
/// The memory of the values in one process's log. A log keeps its values long. As arrays of their own they would survive each collection,
/// and each generation would copy them: seen as a fourth of the time. So they share blocks that the collector never moves. A block lives
/// as long as one of its values. The processes of a node do not share blocks: a value of a quiet group would keep those of a busy one.
/// Thread-safe.
/// </summary>
internal sealed class ValueSlab
{
    /// <summary>A block of this size is on the large object heap (from 85,000 bytes on).</summary>
    public const int BlockSizeMax = 128 * 1024;

    // A quiet process begins with small blocks.
    private const int BlockSizeMin = 4 * 1024;

    // A larger value would waste the end of a block.
    private const int SharedSizeMax = BlockSizeMax / 8;

    private readonly Lock _lock = new();
    private byte[] _block = [];
    private int _used;

    /// <summary>Copies a value, unless it is large and has an array of its own. Its bytes must never change.</summary>
    public ReadOnlyMemory<byte> Hold(ReadOnlyMemory<byte> value)
    {
        if (value.Length <= SharedSizeMax)
        {
            return Copy(value.Span);
        }

        return MemoryMarshal.TryGetArray(value, out var array) && array.Count == array.Array!.Length ? value : value.ToArray();
    }

    private Memory<byte> Copy(ReadOnlySpan<byte> value)
    {
        var place = Reserve(value.Length);
        value.CopyTo(place.Span);
        return place;
    }

    private Memory<byte> Reserve(int size)
    {
        lock (_lock)
        {
            if (_block.Length - _used < size)
            {
                var next = Math.Clamp(2 * _block.Length, Math.Max(BlockSizeMin, size), BlockSizeMax);
                (_block, _used) = (GC.AllocateUninitializedArray<byte>(next), 0);
            }

            var place = _block.AsMemory(_used, size);
            _used += size;
            return place;
        }
    }
}
