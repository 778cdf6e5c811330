using System.Collections;
using System.Runtime.CompilerServices;

namespace RaftActors.Core;

/// <summary>
/// Consecutive entries of a log, as a view without a copy. Its content never changes, whatever happens to the log. Compare the text
/// of two slices, not the slices: equal ones may be views of different memory.
/// </summary>
[CollectionBuilder(typeof(LogSlice), nameof(Of))]
public readonly struct LogSlice(ReadOnlyMemory<LogEntry> entries) : IReadOnlyList<LogEntry>
{
    /// <summary>The number of entries.</summary>
    public int Length => entries.Length;

    /// <summary>The slice has no entries.</summary>
    public bool IsEmpty => entries.IsEmpty;

    /// <summary>The entries as a span.</summary>
    public ReadOnlySpan<LogEntry> Span => entries.Span;

    int IReadOnlyCollection<LogEntry>.Count => entries.Length;

    /// <summary>The entry at a place, from 0.</summary>
    public LogEntry this[int place] => entries.Span[place];

    /// <summary>Copies entries into a slice.</summary>
    public static LogSlice Of(ReadOnlySpan<LogEntry> entries) => new(entries.ToArray());

    /// <summary>The slice without its first <paramref name="count"/> entries.</summary>
    public LogSlice Skip(int count) => new(entries[count..]);

    /// <summary>The first <paramref name="count"/> entries.</summary>
    public LogSlice Take(int count) => new(entries[..count]);

    /// <summary>Enumerates the entries without garbage.</summary>
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
