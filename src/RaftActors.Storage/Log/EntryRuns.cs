using System.Runtime.InteropServices;

namespace RaftActors.Storage.Log;

/// <summary>
/// The places of a slot's entries in the segments. Each run is a range of entries in one segment: no later record of the run replaces one
/// of them. One thread at a time changes the runs, and any thread may call <see cref="Find"/>.
/// </summary>
internal sealed class EntryRuns
{
    // A search for an entry reads up to this many bytes before it. Each run takes 32 bytes of memory.
    private const long SpanBytes = 64 * 1024;

    private readonly Lock _lock = new();

    // Ordered by first index and by place. A run ends where the next one begins.
    private readonly List<EntryRun> _runs = [];

    // The entries up to this index are discarded.
    private LogIndex _base;

    // The index after the last entry.
    private LogIndex _next;

    /// <summary>Null: no entry is needed.</summary>
    public long? OldestSegment => _runs.Count > 0 ? _runs[0].Segment : null;

    /// <summary>Notes an entry, which replaces all entries at and above its index.</summary>
    /// <param name="offset">The offset of its record in the segment.</param>
    public void Add(LogIndex index, long segment, long offset)
    {
        var isNext = _runs.Count > 0 && index == _next;
        _next = index.Next;
        if (isNext && _runs[^1].Segment == segment && offset - _runs[^1].Offset < SpanBytes)
        {
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

            _runs.Add(new EntryRun(index, segment, offset));
        }
    }

    /// <summary>Forgets the entries at and above an index.</summary>
    public void CutFrom(LogIndex index)
    {
        lock (_lock)
        {
            _next = index < _next ? index : _next;
            Cut(index);
        }
    }

    /// <summary>Forgets the entries at and below the base of a log.</summary>
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

    /// <summary>Finds the runs that hold a range of durable entries, in order. Empty: one of the entries is discarded.</summary>
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

    /// <summary>The last run that begins at or before an index.</summary>
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
            _runs.RemoveAt(_runs.Count - 1);
        }
    }
}

/// <summary>Consecutive entries of one slot in one segment.</summary>
/// <param name="First">The index of the first entry.</param>
/// <param name="Offset">The offset of its record in the segment.</param>
internal readonly record struct EntryRun(LogIndex First, long Segment, long Offset);
