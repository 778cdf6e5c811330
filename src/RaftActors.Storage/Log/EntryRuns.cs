using RaftActors.Core;

namespace RaftActors.Storage.Log;

/// <summary>
/// In which segments the entries of a slot are: the first of them is the oldest segment that the slot needs. In a steady state a
/// call looks at the last run and no more.
/// </summary>
internal sealed class EntryRuns
{
    // By first index and by segment. A run ends where the next begins.
    private readonly List<(LogIndex First, long Segment)> _runs = [];

    /// <summary>Null: no entry is needed.</summary>
    public long? OldestSegment => _runs.Count > 0 ? _runs[0].Segment : null;

    /// <summary>An entry was written, and takes the place of all at and above its index.</summary>
    public void Add(LogIndex index, long segment)
    {
        CutFrom(index);
        if (_runs.Count == 0 || _runs[^1].Segment != segment)
        {
            _runs.Add((index, segment));
        }
    }

    /// <summary>Entries at and above the index are gone.</summary>
    public void CutFrom(LogIndex index)
    {
        while (_runs.Count > 0 && _runs[^1].First >= index)
        {
            _runs.RemoveAt(_runs.Count - 1);
        }
    }

    /// <summary>Entries up to the index are gone, of a log that ends at <paramref name="last"/>.</summary>
    public void CutTo(LogIndex index, LogIndex last)
    {
        if (index >= last)
        {
            _runs.Clear();
            return;
        }

        var gone = 0;
        while (gone + 1 < _runs.Count && _runs[gone + 1].First <= index.Next)
        {
            gone++;
        }

        _runs.RemoveRange(0, gone);
    }
}
