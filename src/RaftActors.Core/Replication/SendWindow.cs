namespace RaftActors.Core;

/// <summary>
/// The messages with entries to one process that are not answered yet, oldest first. A ring that grows as needed and then makes no
/// garbage.
/// </summary>
internal sealed class SendWindow
{
    private (LogIndex Last, long Size)[] _ring = new (LogIndex, long)[4];
    private int _head;

    /// <summary>The number of messages.</summary>
    public int Count { get; private set; }

    /// <summary>The size of their keys and values in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>The most messages that may be unanswered.</summary>
    public int Limit { get; private set; } = int.MaxValue;

    /// <summary>Adds a message with entries up to <paramref name="last"/>.</summary>
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

    /// <summary>Removes the messages that an acknowledgement covers.</summary>
    public void FreeTo(LogIndex match)
    {
        var (before, wasFull) = (Count, Count >= Limit);
        while (Count > 0 && _ring[_head].Last <= match)
        {
            Size -= _ring[_head].Size;
            _head = (_head + 1) % _ring.Length;
            Count--;
        }

        Limit += wasFull ? before - Count : 0;
    }

    /// <summary>Removes all messages.</summary>
    public void Clear() => (_head, Count, Size) = (0, 0, 0);

    /// <summary>
    /// Allows one message, and then twice as many after each window that is acknowledged. After one rejection more are under way, and the
    /// leader would replicate again after each of them. With a whole window each time the messages would multiply.
    /// </summary>
    public void Narrow() => Limit = 1;

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
