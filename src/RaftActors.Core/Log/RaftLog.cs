namespace RaftActors.Core;

/// <summary>
/// The log: every entry after <see cref="Base"/> up to <see cref="Last"/>. Those after <see cref="Floor"/> are in memory, each with the
/// hash over all pairs up to it.
/// </summary>
internal sealed partial class RaftLog
{
    private readonly ChunkedList<LogEntry> _entries;
    private readonly ChunkedList<ulong> _hashes;

    /// <summary>Starts from durable entries.</summary>
    /// <param name="position">The place before the first entry.</param>
    /// <param name="entries">All entries after it.</param>
    /// <exception cref="ArgumentException">The entries are not consecutive.</exception>
    public RaftLog(LogPosition position, LogSlice entries)
        : this(position, entries, new(), new())
    {
    }

    /// <summary>Starts from durable entries, in empty lists with any length of chunks.</summary>
    internal RaftLog(LogPosition position, LogSlice entries, ChunkedList<LogEntry> ownEntries, ChunkedList<ulong> hashes)
    {
        (_entries, _hashes) = (ownEntries, hashes);
        (Base, Floor) = (position, position);
        Recover(entries);
    }

    /// <summary>The place before the first entry, in memory or not.</summary>
    public LogPosition Base { get; private set; }

    public LogIndex Last => new(Floor.Index.Value + _entries.Count);

    /// <summary>The approximate size of the entries after <see cref="Base"/>, in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>The end of the log, which elections compare.</summary>
    public LogPosition LastPosition => PositionAt(Last);

    /// <summary>
    /// Returns the term of the entry at an index from <see cref="Base"/> to <see cref="Last"/>, or term 0 before the first.
    /// </summary>
    public Term TermAt(LogIndex index) =>
        index > Floor.Index ? _entries[PlaceOf(index)].Term
        : index > Base.Index ? PageOf(index).End.Term
        : PositionAt(index).Term;

    /// <summary>
    /// Returns the position at an index from <see cref="Floor"/> to <see cref="Last"/>, at <see cref="Base"/>, or at the end of a page.
    /// </summary>
    public LogPosition PositionAt(LogIndex index)
    {
        if (index <= Floor.Index)
        {
            var known = index == Floor.Index ? Floor : KnownUpTo(index);
            Invariant.That(known.Index == index, "of evicted entries only the ends of pages are known");
            return known;
        }

        var place = PlaceOf(index);
        return LogPosition.Of(_entries[place], _hashes[place]);
    }

    /// <summary>
    /// Returns entries from an index above <see cref="Floor"/> on: at most <paramref name="limit"/> of them and <paramref name="bytes"/>
    /// bytes, but always one.
    /// </summary>
    /// <param name="size">Their size in bytes.</param>
    public LogSlice From(LogIndex first, int limit, long bytes, out long size)
    {
        size = 0;
        var entries = From(first, limit);
        var count = 0;
        foreach (ref readonly var entry in entries)
        {
            var more = size + entry.Size;
            if (more > bytes && count > 0)
            {
                break;
            }

            (size, count) = (more, count + 1);
        }

        return entries.Take(count);
    }

    /// <summary>Returns at most <paramref name="limit"/> entries from an index above <see cref="Floor"/> on.</summary>
    public LogSlice From(LogIndex first, int limit = int.MaxValue)
    {
        var count = (int)Math.Min(limit, Last.Value - first.Value + 1);
        return count <= 0 ? default : LogSlice.Of(_entries, PlaceOf(first), count);
    }

    /// <summary>
    /// Tells whether this log has that place: the consistency check of §5.3. The hash compares content too, because preloaded entries
    /// share a term. False if the place is evicted (<see cref="Knows"/>).
    /// </summary>
    public bool Holds(LogPosition position) =>
        Knows(position.Index) && PositionAt(position.Index) == position;

    /// <summary>
    /// Returns the last index at or before <paramref name="index"/> whose term is not above <paramref name="term"/>, so a conflicting term
    /// is skipped in one step (§5.3). Terms never fall along a log, so a binary search finds it. All logs agree on the compacted entries,
    /// so the result is never below <see cref="Base"/>.
    /// </summary>
    public LogIndex LastNotAbove(Term term, LogIndex index)
    {
        // Invariant: low qualifies, high does not.
        var (low, high) = (Base.Index.Value, Math.Min(index.Value, Last.Value) + 1);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (TermAt(new LogIndex(middle)) <= term)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return new LogIndex(low);
    }

    public void Append(LogEntry entry)
    {
        Invariant.That(FollowsOn(LastPosition, entry), "index and serial are dense, and terms and times never fall along a log");
        if (!HasUnsaved)
        {
            _firstUnsaved = entry.Index;
        }

        Push(entry);
    }

    /// <summary>Appends entries that are durable already, at the start of the process.</summary>
    /// <exception cref="ArgumentException">The entries are not consecutive.</exception>
    public void Recover(LogSlice entries)
    {
        foreach (var entry in entries)
        {
            if (!FollowsOn(LastPosition, entry))
            {
                throw new ArgumentException($"The log does not go on from {LastPosition} to {entry}.", "initial");
            }

            Push(entry);
        }

        (Durable, Stored) = (Last, Last);
        _firstUnsaved = Last.Next;
    }

    /// <summary>Removes all entries at and above an index. Open writes no longer make their places durable.</summary>
    public void TruncateFrom(LogIndex index)
    {
        Invariant.That(index > Floor.Index && index <= Last, "only what is in memory is truncated");
        var gone = From(index);
        Size -= SizeOf(gone);
        _entries.RemoveLast(gone.Length);
        _hashes.RemoveLast(gone.Length);
        ForgetWritesAbove(Last);
    }

    /// <summary>Removes all entries up to an index, which becomes <see cref="Base"/>. Its position is known.</summary>
    public void DiscardTo(LogIndex index)
    {
        Invariant.That(index >= Base.Index, "the log never grows at its beginning");
        var position = PositionAt(index);
        DiscardPagesTo(position);
        Base = position;
        if (index <= Floor.Index)
        {
            return;
        }

        var count = (int)(index.Value - Floor.Index.Value);
        Size -= SizeOf(LogSlice.Of(_entries, 0, count));
        _entries.RemoveFirst(count);
        _hashes.RemoveFirst(count);
        Floor = position;
    }

    /// <summary>Removes all entries and continues after a place. Open writes no longer make any entry durable.</summary>
    public void Reset(LogPosition position)
    {
        _entries.Clear();
        _hashes.Clear();
        (Base, Size) = (position, 0);
        ForgetPages(position);
        ForgetWrites();
    }

    private static bool FollowsOn(LogPosition before, LogEntry entry) =>
        entry.Index == before.Index.Next
        && entry.Term >= before.Term
        && entry.Time >= before.Time
        && entry.Serial == before.Serial.Plus(entry.Count);

    private static long SizeOf(LogSlice entries)
    {
        var size = 0L;
        foreach (ref readonly var entry in entries)
        {
            size += entry.Size;
        }

        return size;
    }

    private void Push(LogEntry entry)
    {
        var hash = PrefixHash.Extend(LastPosition.Hash, entry);
        _entries.Add(entry);
        _hashes.Add(hash);
        Size += entry.Size;
    }

    private int PlaceOf(LogIndex index)
    {
        Invariant.That(index > Floor.Index && index <= Last, "only what is in memory is looked at");
        return (int)(index.Value - Floor.Index.Value - 1);
    }
}
