using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>A log as seen from outside: in the memory of a process, derived from its writes, or on its disk.</summary>
internal sealed class LogImage
{
    private readonly List<LogEntry> _entries = [];

    public LogPosition Base { get; private set; }

    public long Last => Base.Index.Value + _entries.Count;

    public LogEntry this[long index] => _entries[(int)(index - Base.Index.Value - 1)];

    public Term TermAt(long index) => index == Base.Index.Value ? Base.Term : this[index].Term;

    public void Load(LogImage other)
    {
        Base = other.Base;
        _entries.Clear();
        _entries.AddRange(other._entries);
    }

    public void Load(LogSlice preload) => Load(default, preload);

    public void Load(LogPosition start, LogSlice entries)
    {
        Base = start;
        _entries.Clear();
        _entries.AddRange(entries);
    }

    public LogSlice All() => LogSlice.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries));

    /// <summary>Writes entries, which replace all at and above the index of the first.</summary>
    public void Write(LogSlice entries)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        var first = entries[0].Index.Value;
        Violation.Unless(first > Base.Index.Value, "write", "entries are written below the discarded index");
        Violation.Unless(first <= Last + 1, "write", $"entries from {first} on are written to a log that ends at {Last}");
        var kept = (int)(first - Base.Index.Value - 1);
        _entries.RemoveRange(kept, _entries.Count - kept);
        _entries.AddRange(entries);
    }

    /// <summary>Replaces one entry.</summary>
    public void Change(LogEntry entry) => _entries[(int)(entry.Index.Value - Base.Index.Value - 1)] = entry;

    public void DiscardUpTo(LogPosition position)
    {
        if (position.Index <= Base.Index)
        {
            return;
        }

        // A log that ends before the position is discarded as a whole: a snapshot overtook it and covers it.
        _entries.RemoveRange(0, (int)Math.Min(_entries.Count, position.Index.Value - Base.Index.Value));
        Base = position;
    }

    /// <summary>A snapshot replaces the log up to its position.</summary>
    public void BeginAt(LogPosition position, bool keepsLog)
    {
        if (keepsLog)
        {
            Violation.Unless(position.Index.Value <= Last, "write", "more entries are discarded than the log holds");
            DiscardUpTo(position);
            return;
        }

        _entries.Clear();
        Base = position;
    }
}
