using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// A log in memory: a <see cref="LogRange"/> and its entries. During recovery the first entries of the range may be absent. Not
/// thread-safe.
/// </summary>
/// <param name="range">The range at the beginning. All its entries are absent.</param>
internal sealed class EntryLog(LogRange range)
{
    private const int CapacityMin = 64;

    private LogEntry[] _entries = [];
    private int _head;
    private int _count;
    private LogRange _range = range;

    public LogRange Range => _range;

    /// <summary>The entries present, which end at the end of the range. A view that the next change invalidates.</summary>
    public LogSlice Entries => new(_entries.AsMemory(_head, _count));

    /// <summary>Entries of the range up to this index are absent. Equals the index of the base if none is.</summary>
    public LogIndex AbsentTo => new(_range.Last.Value - _count);

    /// <summary>Appends an entry. It replaces all entries at and above its index.</summary>
    public void Append(in LogEntry entry)
    {
        var first = AbsentTo.Next;
        _range.Append(entry.Index);
        Keep(0, (int)Math.Clamp(entry.Index.Value - first.Value, 0, _count));
        if (_head + _count == _entries.Length)
        {
            Grow();
        }

        _entries[_head + _count++] = entry;
    }

    /// <inheritdoc cref="LogRange.Discard"/>
    public bool Discard(LogPosition position)
    {
        if (!_range.Discard(position))
        {
            return false;
        }

        DropOldest();
        return true;
    }

    /// <inheritdoc cref="LogRange.Install"/>
    public void Install(LogPosition position, bool keepsLog)
    {
        _range.Install(position, keepsLog);
        DropOldest();
    }

    /// <summary>Begins the log after a position and ends it at an index, which is at or below the present end.</summary>
    public void BeginAt(LogPosition position, LogIndex last)
    {
        if (last < _range.Last)
        {
            Keep(0, (int)Math.Clamp(last.Value - AbsentTo.Value, 0, _count));
            _range.Last = last;
        }

        _range.MoveBase(position, keepsRest: last > position.Index);
        DropOldest();
    }

    // After the base has moved. The entries present always end at the end of the range, or none is left.
    private void DropOldest()
    {
        var kept = (int)Math.Min(_count, _range.Count);
        Keep(_count - kept, kept);
    }

    /// <summary>Keeps some of the entries, and clears the others, so that they do not hold their values in memory.</summary>
    private void Keep(int first, int count)
    {
        _entries.AsSpan(_head, first).Clear();
        _entries.AsSpan(_head + first + count, _count - first - count).Clear();
        (_head, _count) = count == 0 ? (0, 0) : (_head + first, count);
    }

    private void Grow()
    {
        var grown = _head > _entries.Length / 2 ? _entries : new LogEntry[Math.Max(CapacityMin, 2 * _entries.Length)];
        Array.Copy(_entries, _head, grown, 0, _count);
        if (grown == _entries)
        {
            _entries.AsSpan(_count, _head).Clear();
        }

        (_entries, _head) = (grown, 0);
    }
}
