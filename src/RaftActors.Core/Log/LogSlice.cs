using System.Collections;
using System.Runtime.CompilerServices;

namespace RaftActors.Core;

/// <summary>
/// Consecutive entries of a log, as a view without a copy. Its content never changes, whatever happens to the log. Compare the texts of
/// two slices, not the slices, because equal ones may be views of different memory.
/// </summary>
[CollectionBuilder(typeof(LogSlice), nameof(Of))]
internal readonly struct LogSlice : IReadOnlyList<LogEntry>
{
    private const int OneChunk = 31;

    private readonly LogEntry[][]? _chunks;
    private readonly int _shift;
    private readonly int _start;

    /// <summary>Shows all entries of an array. The caller must not change them any more.</summary>
    internal LogSlice(LogEntry[] entries)
        : this([entries], OneChunk, 0, entries.Length)
    {
    }

    /// <summary>Shows entries in chunks of the length 2^<paramref name="shift"/>.</summary>
    internal LogSlice(LogEntry[][] chunks, int shift, int start, int length) =>
        (_chunks, _shift, _start, Length) = (chunks, shift, start, length);

    public int Length { get; }

    internal bool IsEmpty => Length == 0;

    int IReadOnlyCollection<LogEntry>.Count => Length;

    /// <summary>The entry at a place, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The place is negative, or not below <see cref="Length"/>.</exception>
    public LogEntry this[int place]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, (uint)Length, nameof(place));
            return SpanAt(place)[0];
        }
    }

    /// <summary>Copies entries into a slice.</summary>
    public static LogSlice Of(ReadOnlySpan<LogEntry> entries) => entries.IsEmpty ? default : new(entries.ToArray());

    /// <summary>Shows entries of a list.</summary>
    /// <param name="list">The list. The slice does not change with it.</param>
    /// <param name="first">The place of the first entry, from 0.</param>
    /// <param name="count">The number of entries.</param>
    internal static LogSlice Of(ChunkedList<LogEntry> list, int first, int count) => ChunkedList<LogEntry>.Slice(list, first, count);

    /// <summary>
    /// Joins entries with those that follow them in the same log. Copies them only if the log did not have all of them in memory when the
    /// second slice was made.
    /// </summary>
    internal static LogSlice Join(LogSlice first, LogSlice next)
    {
        // By index and term of its last entry, both logs agree on the whole first slice (§5.3). Justification: the next slice has entries.
        var start = next._start - first.Length;
        return first.IsEmpty ? next
            : next.IsEmpty ? first
            : start >= 0 && new LogSlice(next._chunks!, next._shift, start, first.Length + next.Length) is var whole
                && whole[first.Length - 1] is var known && (known.Index, known.Term) == (first[^1].Index, first[^1].Term)
            ? whole
            : new LogSlice([.. first, .. next]);
    }

    /// <summary>The slice without its first <paramref name="count"/> entries. Does not keep their memory.</summary>
    internal LogSlice Drop(int count) => count == Length
        ? default
        // Justification: it has entries.
        : new(_chunks![((_start + count) >> _shift)..], _shift, (_start + count) & ~(-1 << _shift), Length - count);

    internal LogSlice Skip(int count) => Slice(count, Length - count);

    internal LogSlice Take(int count) => Slice(0, count);

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<LogEntry> IEnumerable<LogEntry>.GetEnumerator()
    {
        for (var place = 0; place < Length; place++)
        {
            yield return this[place];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<LogEntry>)this).GetEnumerator();

    /// <summary>Tells whether two slices show the same memory, so that their entries are the same.</summary>
    internal bool IsSameView(LogSlice other) => (_chunks, _start, Length) == (other._chunks, other._start, other.Length);

    private LogSlice Slice(int first, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, "count");
        return length == 0 ? default : new LogSlice(_chunks!, _shift, _start + first, length); // Justification: it has entries.
    }

    /// <summary>The entries from a place on, up to the end of its chunk.</summary>
    private ReadOnlySpan<LogEntry> SpanAt(int place)
    {
        // Justification: the slice has an entry at this place.
        var (chunk, first) = (_chunks![(_start + place) >> _shift], (_start + place) & ~(-1 << _shift));
        return chunk.AsSpan(first, Math.Min(chunk.Length - first, Length - place));
    }

    public ref struct Enumerator
    {
        private readonly LogSlice _slice;
        private ReadOnlySpan<LogEntry> _span;
        private int _next;
        private int _place;

        internal Enumerator(LogSlice slice) => _slice = slice;

        public readonly ref readonly LogEntry Current => ref _span[_place];

        public bool MoveNext()
        {
            if (++_place < _span.Length)
            {
                return true;
            }

            if (_next == _slice.Length)
            {
                return false;
            }

            _span = _slice.SpanAt(_next);
            (_next, _place) = (_next + _span.Length, 0);
            return true;
        }
    }
}

/// <summary>Makes a log of pairs that a process had before its group was founded.</summary>
internal static class Preload
{
    /// <summary>Makes entries of index i, serial i and term 0, the term before any election.</summary>
    public static LogSlice Of(IEnumerable<Payload.Pair> pairs) =>
        [.. pairs.Select((pair, i) => new LogEntry(new LogIndex(i + 1), Term.Zero, new Serial(i + 1), pair))];
}
