using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// A log in memory: a <see cref="LogRange"/> and its entries. During recovery the first entries of the range may be absent. Not
/// thread-safe.
/// </summary>
/// <param name="range">The range at the beginning. All its entries are absent.</param>
internal sealed class EntryLog(LogRange range)
{
    private readonly ChunkedList<LogEntry> _entries = new();
    private LogRange _range = range;

    public LogRange Range => _range;

    /// <summary>The entries present, which end at the end of the range.</summary>
    public LogSlice Entries => LogSlice.Of(_entries, 0, _entries.Count);

    /// <summary>Entries of the range up to this index are absent. Equals the index of the base if none is.</summary>
    public LogIndex AbsentTo => new(_range.Last.Value - _entries.Count);

    /// <summary>Appends an entry. It replaces all entries at and above its index.</summary>
    public void Append(in LogEntry entry)
    {
        var first = AbsentTo.Next;
        _range.Append(entry.Index);
        KeepFirst(entry.Index.Value - first.Value);
        _entries.Add(entry);
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
            KeepFirst(last.Value - AbsentTo.Value);
            _range.Last = last;
        }

        _range.MoveBase(position, keepsRest: last > position.Index);
        DropOldest();
    }

    // After the base has moved. The entries present always end at the end of the range, or none is left.
    private void DropOldest() => _entries.RemoveFirst((int)Math.Max(0, _entries.Count - _range.Count));

    private void KeepFirst(long count) => _entries.RemoveLast(_entries.Count - (int)Math.Clamp(count, 0, _entries.Count));
}
