namespace RaftActors.Core;

/// <content>
/// The part of the log that has left the memory: the entries after <see cref="Base"/> up to <see cref="Floor"/>, which the store has. They
/// are kept as pages, and of each page the log knows the end and the size. A page is sent in one message, so replication needs no more.
/// </content>
internal sealed partial class RaftLog
{
    /// <summary>
    /// Bytes that an entry counts besides its key and value: its place here, its hash and the object of the key, rounded up.
    /// </summary>
    public const int EntryOverhead = 200;

    private readonly ChunkedList<Page> _pages = new();

    /// <summary>
    /// The place before the first entry in memory. Invariant: it is not below <see cref="Base"/>, and only durable, delivered entries
    /// above that are missing.
    /// </summary>
    public LogPosition Floor { get; private set; }

    /// <summary>The approximate size of the entries in memory, in bytes.</summary>
    public long MemorySize => Size - EvictedSize + ((long)EntryOverhead * _entries.Count);

    private long EvictedSize { get; set; }

    /// <summary>
    /// Tells whether the position at an index is known without the store: in memory, at the end of a page, or at <see cref="Base"/>.
    /// </summary>
    public bool Knows(LogIndex index) => index >= Base.Index && index <= Last && KnownUpTo(index).Index == index;

    /// <summary>
    /// Returns the first index at or after this one whose position is known without the store. Not before <see cref="Base"/>.
    /// </summary>
    public LogIndex KnownFrom(LogIndex index) => index >= Floor.Index || index == Base.Index ? index : PageOf(index).End.Index;

    /// <summary>
    /// Returns the latest place at or before an index whose position is known without the store. Not before <see cref="Base"/>.
    /// </summary>
    public LogPosition KnownUpTo(LogIndex index)
    {
        if (index >= Floor.Index)
        {
            return PositionAt(index);
        }

        var page = index > Base.Index ? PlaceOfPage(index) : 0;
        return page < _pages.Count && _pages[page].End.Index == index ? _pages[page].End : StartOf(page);
    }

    public Page PageOf(LogIndex index) => _pages[PlaceOfPage(index)];

    /// <summary>
    /// Removes entries from memory, from the first one on, in whole pages, and returns them. They are durable and delivered, so no
    /// truncation reaches them.
    /// </summary>
    /// <param name="end">The last entry that may be removed.</param>
    /// <param name="kept">The size in bytes that may stay in memory.</param>
    /// <param name="entriesMax">The most entries of a page.</param>
    /// <param name="bytesMax">The most bytes of a page. A larger entry has its own page.</param>
    /// <param name="ends">A page that has one of these entries ends there.</param>
    public LogSlice Evict(LogIndex end, long kept, int entriesMax, long bytesMax, ReadOnlySpan<LogIndex> ends)
    {
        Invariant.That(end <= Stored, "only entries in the store leave the memory");
        var (size, count, excess, gone) = (0L, 0, MemorySize - kept, 0);
        var pageEnd = LowestFrom(ends, Floor.Index.Next);
        foreach (ref readonly var entry in From(Floor.Index.Next, (int)Math.Max(0, end.Value - Floor.Index.Value)))
        {
            // A page has one term, so the term of each of its entries is known.
            var place = gone + count;
            if (count > 0
                && (count == entriesMax
                    || size + entry.Size > bytesMax
                    || entry.Term != _entries[place - 1].Term
                    || entry.Index == pageEnd.Next))
            {
                _pages.Add(new Page(PositionAt(_entries[place - 1].Index), size));
                EvictedSize += size;
                (excess, gone, size, count) = (excess - size - ((long)EntryOverhead * count), place, 0, 0);
                pageEnd = LowestFrom(ends, entry.Index);
                if (excess <= 0)
                {
                    break;
                }
            }

            (size, count) = (size + entry.Size, count + 1);
        }

        var removed = LogSlice.Of(_entries, 0, gone);
        if (gone > 0)
        {
            Floor = _pages[_pages.Count - 1].End;
            _entries.RemoveFirst(gone);
            _hashes.RemoveFirst(gone);
        }

        return removed;
    }

    /// <summary>Returns the lowest of these indices that is not below another one, or 0.</summary>
    private static LogIndex LowestFrom(ReadOnlySpan<LogIndex> indices, LogIndex from)
    {
        var lowest = LogIndex.Zero;
        foreach (var index in indices)
        {
            lowest = index >= from && (lowest == LogIndex.Zero || index < lowest) ? index : lowest;
        }

        return lowest;
    }

    private void DiscardPagesTo(LogPosition position)
    {
        var count = _pages.CountWhile(position.Index, static (page, last) => page.End.Index <= last);
        for (var page = 0; page < count; page++)
        {
            Size -= _pages[page].Size;
            EvictedSize -= _pages[page].Size;
        }

        _pages.RemoveFirst(count);
    }

    private void ForgetPages(LogPosition floor)
    {
        _pages.Clear();
        (Floor, EvictedSize) = (floor, 0);
    }

    private LogPosition StartOf(int page) => page == 0 ? Base : _pages[page - 1].End;

    private int PlaceOfPage(LogIndex index)
    {
        Invariant.That(index > Base.Index && index <= Floor.Index, "only evicted entries are in pages");
        return _pages.CountWhile(index, static (page, index) => page.End.Index < index);
    }

    /// <summary>Evicted entries of one term, after the page before or after <see cref="Base"/>.</summary>
    /// <param name="End">The position of the last entry.</param>
    /// <param name="Size">As <see cref="LogEntry.Size"/> counts, in bytes.</param>
    public readonly record struct Page(LogPosition End, long Size);
}
