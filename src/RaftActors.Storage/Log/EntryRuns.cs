using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// The segments that hold the entries of a slot. Each run is a range of entries in one segment. A call looks at the last run only, unless
/// entries are replaced or discarded.
/// </summary>
internal sealed class EntryRuns
{
    // Ordered by first index and by segment. A run ends where the next one begins.
    private readonly List<(LogIndex First, long Segment)> _runs = [];

    /// <summary>Null: no entry is needed.</summary>
    public long? OldestSegment => _runs.Count > 0 ? _runs[0].Segment : null;

    /// <summary>Notes an entry, which replaces all entries at and above its index.</summary>
    public void Add(LogIndex index, long segment)
    {
        CutFrom(index);
        if (_runs.Count > 0 && _runs[^1].Segment >= segment)
        {
            // Invariant: later entries are never in older segments.
            if (_runs[^1].Segment > segment)
            {
                throw new InvalidOperationException($"Entry {index} goes into segment {segment}, after segment {_runs[^1].Segment}.");
            }

            return;
        }

        _runs.Add((index, segment));
    }

    /// <summary>Forgets the entries at and above an index.</summary>
    public void CutFrom(LogIndex index)
    {
        while (_runs.Count > 0 && _runs[^1].First >= index)
        {
            _runs.RemoveAt(_runs.Count - 1);
        }
    }

    /// <summary>Forgets the entries at and below the base of a log.</summary>
    public void CutTo(in LogRange log)
    {
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
