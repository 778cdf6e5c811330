using System.Collections;
using System.Runtime.CompilerServices;

namespace RaftActors.Core;

/// <summary>
/// Consecutive entries of a log, as a view: nothing is copied, and what it shows never changes, whatever becomes of the log. Compare the
/// text of two slices and not the slices: equal ones may be views of different memory.
/// </summary>
[CollectionBuilder(typeof(LogSlice), nameof(Of))]
public readonly struct LogSlice(ReadOnlyMemory<LogEntry> entries) : IReadOnlyList<LogEntry>
{
    /// <summary>How many entries.</summary>
    public int Length => entries.Length;

    /// <summary>There are none.</summary>
    public bool IsEmpty => entries.IsEmpty;

    /// <summary>All of them.</summary>
    public ReadOnlySpan<LogEntry> Span => entries.Span;

    int IReadOnlyCollection<LogEntry>.Count => entries.Length;

    /// <summary>The entry at a place, from 0.</summary>
    public LogEntry this[int place] => entries.Span[place];

    /// <summary>A slice of these entries, which are copied.</summary>
    public static LogSlice Of(ReadOnlySpan<LogEntry> entries) => new(entries.ToArray());

    /// <summary>The same without the first so many.</summary>
    public LogSlice Skip(int count) => new(entries[count..]);

    /// <summary>The first so many.</summary>
    public LogSlice Take(int count) => new(entries[..count]);

    /// <summary>Goes through the entries without garbage.</summary>
    public ReadOnlySpan<LogEntry>.Enumerator GetEnumerator() => entries.Span.GetEnumerator();

    IEnumerator<LogEntry> IEnumerable<LogEntry>.GetEnumerator()
    {
        for (var place = 0; place < entries.Length; place++)
        {
            yield return entries.Span[place];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<LogEntry>)this).GetEnumerator();
}
