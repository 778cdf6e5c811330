using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// A log in memory: a <see cref="LogRange"/> and its entries. During recovery the first entries of the range may be absent, or released
/// from memory. Not thread-safe.
/// </summary>
/// <param name="range">The range at the beginning. All its entries are absent.</param>
internal sealed class EntryLog(LogRange range)
{
    private readonly ChunkedList<LogEntry> _entries = new();
    private LogRange _range = range;
    private LogIndex _absentTo = range.Last;
    private long _size;

    public LogRange Range => _range;

    /// <summary>The entries in memory, which end at the end of the range.</summary>
    public LogSlice Entries => LogSlice.Of(_entries, 0, _entries.Count);

    /// <summary>Entries of the range up to this index are absent. Equals the index of the base if none is.</summary>
    public LogIndex AbsentTo => _absentTo > _range.Base.Index ? _absentTo : _range.Base.Index;

    private LogIndex BeforeFirst => new(_range.Last.Value - _entries.Count);

    /// <summary>Appends an entry. It replaces all entries at and above its index.</summary>
    public void Append(in LogEntry entry)
    {
        var first = BeforeFirst.Next;
        _range.Append(entry.Index);
        KeepFirst(entry.Index.Value - first.Value);
        _entries.Add(entry);
        _size += SizeOf(entry);
        _absentTo = entry.Index <= _absentTo ? new LogIndex(entry.Index.Value - 1) : _absentTo;
    }

    /// <summary>Releases the first entries from memory, if all take twice these bytes. At least one stays.</summary>
    public void ReleaseAbove(long size)
    {
        if (_size / 2 < size)
        {
            return;
        }

        var count = 0;
        for (; count + 1 < _entries.Count && _size > size; count++)
        {
            _size -= SizeOf(_entries[count]);
        }

        _entries.RemoveFirst(count);
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
            KeepFirst(last.Value - BeforeFirst.Value);
            _range.Last = last;
            _absentTo = last < _absentTo ? last : _absentTo;
        }

        _range.MoveBase(position, keepsRest: last > position.Index);
        DropOldest();
    }

    // Called after the base has moved. The entries in memory always end at the end of the range, or none is left.
    private void DropOldest()
    {
        var gone = (int)Math.Max(0, _entries.Count - _range.Count);
        Forget(0, gone);
        _entries.RemoveFirst(gone);
    }

    private void KeepFirst(long count)
    {
        var kept = (int)Math.Clamp(count, 0, _entries.Count);
        Forget(kept, _entries.Count);
        _entries.RemoveLast(_entries.Count - kept);
    }

    private void Forget(int from, int end)
    {
        for (; from < end; from++)
        {
            _size -= SizeOf(_entries[from]);
        }
    }

    private static long SizeOf(in LogEntry entry) => entry.Value.Length + ((long)sizeof(char) * (entry.Key?.Length ?? 0));
}
