using System.Runtime.InteropServices;

namespace RaftActors.Core.Codec;

/// <summary>
/// The memory of the values in one process's log. A log keeps its values for long. As arrays of their own they would survive each
/// collection, and each generation would copy them, which took a fourth of the time. So they share blocks that the collector never moves.
/// A block lives as long as one of its values. The processes of a node do not share blocks, because a value of a quiet group would keep
/// the blocks of a busy one alive. Thread-safe.
/// </summary>
internal sealed class ValueSlab
{
    /// <summary>From 85,000 bytes on, a block is on the large object heap.</summary>
    public const int BlockSizeMax = 128 * 1024;

    // A quiet process begins with small blocks.
    private const int BlockSizeMin = 4 * 1024;

    // A larger value would waste the end of a block.
    private const int SharedSizeMax = BlockSizeMax / 8;

    private readonly Lock _lock = new();
    private byte[] _block = [];
    private int _used;

    /// <summary>Copies a value, or keeps a large one, which has its own array. Its bytes must never change.</summary>
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
