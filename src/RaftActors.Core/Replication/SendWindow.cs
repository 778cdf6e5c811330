namespace RaftActors.Core;

/// <summary>
/// Messages with entries that are under way to one process and not answered yet, oldest first. A ring that grows to what is really under
/// way and then makes no garbage.
/// </summary>
internal sealed class SendWindow
{
    private (LogIndex Last, long Size)[] _ring = new (LogIndex, long)[4];
    private int _head;

    /// <summary>How many messages.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes of keys and values.</summary>
    public long Size { get; private set; }

    /// <summary>A message with entries up to <paramref name="last"/> was sent.</summary>
    public void Add(LogIndex last, long size)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[(_head + Count) % _ring.Length] = (last, size);
        Count++;
        Size += size;
    }

    /// <summary>Everything up to there has arrived.</summary>
    public void FreeTo(LogIndex match)
    {
        while (Count > 0 && _ring[_head].Last <= match)
        {
            Size -= _ring[_head].Size;
            _head = (_head + 1) % _ring.Length;
            Count--;
        }
    }

    /// <summary>Nothing that was sent matters any more.</summary>
    public void Clear() => (_head, Count, Size) = (0, 0, 0);

    private void Grow()
    {
        var ring = new (LogIndex, long)[2 * Count];
        for (var i = 0; i < Count; i++)
        {
            ring[i] = _ring[(_head + i) % Count];
        }

        (_ring, _head) = (ring, 0);
    }
}
