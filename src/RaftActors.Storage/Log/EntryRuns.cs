using System.Runtime.InteropServices;

namespace RaftActors.Storage.Log;

/// <summary>
/// The places of a slot's entries in the segments. Each run is a range of entries in one segment, none of which a later record of the run
/// replaces. One thread at a time changes the runs, and any thread may call <see cref="Find"/>.
/// </summary>
internal sealed class EntryRuns
{
    // A search for an entry reads up to this many bytes before it. Each run takes 32 bytes of memory.
    private const long SpanBytes = 64 * 1024;

    private readonly Lock _lock = new();

    // Ordered by first index and by place. A run ends where the next one begins.
    private readonly List<EntryRun> _runs = [];
    private LogIndex _base;
    private LogIndex _next;

    // Entries at and above the next index were forgotten. Their records follow in the last run, so the next entry begins another run.
    private bool _isCut;

    // The bytes of all records that were added. Each run has the value from before its first record.
    private long _added;

    /// <summary>Null if no entry is needed.</summary>
    public long? OldestSegment => _runs.Count > 0 ? _runs[0].Segment : null;

    /// <summary>The index after the last entry, or 0 before any entry and base.</summary>
    public LogIndex Next => _next;

    /// <summary>The size of the entries' records, or more: discarded and replaced entries count until their whole run is gone.</summary>
    public long Bytes => _runs.Count > 0 ? _added - _runs[0].Added : 0;

    /// <summary>Forgets all entries. The next one follows the base.</summary>
    public void Begin(LogIndex afterBase)
    {
        lock (_lock)
        {
            _runs.Clear();
            (_base, _next) = (afterBase, afterBase.Next);
        }
    }

    /// <summary>Notes an entry, which replaces all entries at and above its index.</summary>
    /// <param name="offset">The offset of its record in the segment.</param>
    /// <param name="size">The size of its record.</param>
    public void Add(LogIndex index, long segment, long offset, long size)
    {
        var isNext = _runs.Count > 0 && index == _next && !_isCut;
        _next = index.Next;
        if (isNext && _runs[^1].Segment == segment && offset - _runs[^1].Offset < SpanBytes)
        {
            _added += size;
            return; // Most entries take no lock.
        }

        lock (_lock)
        {
            Cut(index);

            // Invariant: later entries are never in older segments.
            if (_runs.Count > 0 && _runs[^1].Segment > segment)
            {
                throw new InvalidOperationException($"Entry {index} goes into segment {segment}, after segment {_runs[^1].Segment}.");
            }

            _runs.Add(new EntryRun(index, segment, offset, _added));
            _added += size;
            _isCut = false;
        }
    }

    public void CutFrom(LogIndex index)
    {
        lock (_lock)
        {
            (_next, _isCut) = index < _next ? (index, true) : (_next, _isCut);
            Cut(index);
        }
    }

    public void CutTo(in LogRange log)
    {
        lock (_lock)
        {
            _base = log.Base.Index;
            if (log.Count == 0)
            {
                _runs.Clear();
                return;
            }

            var gone = 0;
            while (gone + 1 < _runs.Count && _runs[gone + 1].First <= log.Base.Index.Next)
            {
                gone++;
            }

            _runs.RemoveRange(0, gone);
        }
    }

    /// <summary>Finds the runs of a range of durable entries, in order. Empty if one of the entries is discarded.</summary>
    public EntryRun[] Find(LogIndex first, LogIndex last)
    {
        lock (_lock)
        {
            var runs = CollectionsMarshal.AsSpan(_runs);
            if (first <= _base || last < first || last >= _next || runs.IsEmpty || runs[0].First > first)
            {
                return [];
            }

            var from = PlaceOf(runs, first);
            return runs[from..(PlaceOf(runs, last) + 1)].ToArray();
        }
    }

    private static int PlaceOf(ReadOnlySpan<EntryRun> runs, LogIndex index)
    {
        // Invariant: the run at low begins at or before the index, the one at high after it.
        var (low, high) = (0, runs.Length);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = runs[middle].First <= index ? (middle, high) : (low, middle);
        }

        return low;
    }

    private void Cut(LogIndex index)
    {
        while (_runs.Count > 0 && _runs[^1].First >= index)
        {
            _added = _runs[^1].Added;
            _runs.RemoveAt(_runs.Count - 1);
        }
    }
}

/// <summary>Consecutive entries of one slot in one segment.</summary>
/// <param name="First">The index of the first entry.</param>
/// <param name="Offset">The offset of its record in the segment.</param>
/// <param name="Added">The size of all records that were added before it.</param>
internal readonly record struct EntryRun(LogIndex First, long Segment, long Offset, long Added);
