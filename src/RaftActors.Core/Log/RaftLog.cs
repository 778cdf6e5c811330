namespace RaftActors.Core;

/// <summary>
/// The log in memory: every entry after <see cref="Base"/> up to <see cref="Last"/>, with the hash over all pairs up to it.
/// </summary>
/// <remarks>
/// One array holds all entries, so any slice is a view without a copy. Invariant: a written place is never written again, since a
/// slice may show it. A change that would do so begins a new array.
/// </remarks>
internal sealed partial class RaftLog
{
    private LogEntry[] _entries;
    private ulong[] _hashes;

    /// <summary>The place of the first entry after <see cref="Base"/> in the arrays.</summary>
    private int _head;

    private int _count;

    /// <summary>Starts from durable entries.</summary>
    /// <param name="position">The place before the first entry.</param>
    /// <param name="entries">All entries after it.</param>
    /// <exception cref="ArgumentException">The entries are not consecutive.</exception>
    public RaftLog(LogPosition position, LogSlice entries)
    {
        (_entries, _hashes) = (new LogEntry[entries.Length], new ulong[entries.Length]);
        Base = position;
        foreach (var entry in entries)
        {
            if (!FollowsOn(LastPosition, entry))
            {
                throw new ArgumentException($"The log does not go on from {LastPosition} to {entry}.", nameof(entries));
            }

            Push(entry);
        }

        Durable = Last;
        _firstUnsaved = Last.Next;
    }

    /// <summary>The place before the first entry.</summary>
    public LogPosition Base { get; private set; }

    /// <summary>The index of the last entry.</summary>
    public LogIndex Last => new(Base.Index.Value + _count);

    /// <summary>The approximate size of the entries after <see cref="Base"/>, in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>The end of the log; elections compare it.</summary>
    public LogPosition LastPosition => PositionAt(Last);

    /// <summary>The term of the entry at an index from <see cref="Base"/> to <see cref="Last"/>; term 0 before the first.</summary>
    public Term TermAt(LogIndex index) => index == Base.Index ? Base.Term : _entries[SlotOf(index)].Term;

    /// <summary>The position at an index from <see cref="Base"/> to <see cref="Last"/>.</summary>
    public LogPosition PositionAt(LogIndex index)
    {
        if (index == Base.Index)
        {
            return Base;
        }

        var slot = SlotOf(index);
        ref readonly var entry = ref _entries[slot];
        return new LogPosition(index, entry.Term, entry.Serial, _hashes[slot]);
    }

    /// <summary>
    /// Returns at most <paramref name="limit"/> entries from an index above <see cref="Base"/> on, and at most <paramref
    /// name="bytes"/> bytes, but always one entry.
    /// </summary>
    /// <param name="size">Their size in bytes.</param>
    public LogSlice From(LogIndex first, int limit, long bytes, out long size)
    {
        size = 0;
        var end = (int)Math.Min(limit, Last.Value - first.Value + 1);
        if (end <= 0)
        {
            return default;
        }

        var slot = SlotOf(first);
        var count = 0;
        for (; count < end; count++)
        {
            var more = size + _entries[slot + count].Payload.Size;
            if (more > bytes && count > 0)
            {
                break;
            }

            size = more;
        }

        return new LogSlice(_entries.AsMemory(slot, count));
    }

    /// <summary>Returns at most <paramref name="limit"/> entries from an index above <see cref="Base"/> on.</summary>
    public LogSlice From(LogIndex first, int limit = int.MaxValue)
    {
        var count = (int)Math.Min(limit, Last.Value - first.Value + 1);
        return count <= 0 ? default : new LogSlice(_entries.AsMemory(SlotOf(first), count));
    }

    /// <summary>
    /// Whether this log holds that place: the consistency check of §5.3. The hash compares content too, since preloaded entries
    /// share a term.
    /// </summary>
    public bool Holds(LogPosition position) =>
        position.Index >= Base.Index && position.Index <= Last && PositionAt(position.Index) == position;

    /// <summary>
    /// The last index at or before <paramref name="index"/> whose term is not above <paramref name="term"/>. It skips a conflicting
    /// term in one step (§5.3). Terms never fall along a log, so a binary search finds it. All logs agree on the compacted entries,
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

    /// <summary>Appends an entry.</summary>
    public void Append(LogEntry entry)
    {
        Invariant.That(FollowsOn(LastPosition, entry), "index and serial are dense and terms never fall along a log");
        if (!HasUnsaved)
        {
            _firstUnsaved = entry.Index;
        }

        Push(entry);
    }

    /// <summary>Removes all entries at and above an index. Writes under way no longer make their places durable.</summary>
    public void TruncateFrom(LogIndex index)
    {
        Invariant.That(index > Base.Index && index <= Last, "only what is in the log is truncated");
        Size -= SizeOf(From(index));
        _count = (int)(index.Value - Base.Index.Value - 1);
        Renew(_count);
        ForgetWritesAbove(Last);
    }

    /// <summary>
    /// Removes all entries up to an index, which becomes <see cref="Base"/>. The arrays shrink when half of their entries are dead,
    /// so an entry is copied at most once for each discarded one.
    /// </summary>
    public void DiscardTo(LogIndex index)
    {
        Invariant.That(index >= Base.Index, "the log never grows at its beginning");
        var position = PositionAt(index);
        var count = (int)(index.Value - Base.Index.Value);
        Size -= SizeOf(new LogSlice(_entries.AsMemory(_head, count)));
        (Base, _head, _count) = (position, _head + count, _count - count);
        if (_head > _entries.Length / 2)
        {
            Renew(2 * _count);
        }
    }

    /// <summary>Removes all entries and continues after a place. Writes under way no longer make any entry durable.</summary>
    public void Reset(LogPosition position)
    {
        (_entries, _hashes, _head, _count) = ([], [], 0, 0);
        (Base, Size) = (position, 0);
        ForgetWrites();
    }

    private static bool FollowsOn(LogPosition before, LogEntry entry) =>
        entry.Index == before.Index.Next
        && entry.Term >= before.Term
        && entry.Serial == (entry.Payload is Payload.Pair ? before.Serial.Next : before.Serial);

    private static long SizeOf(LogSlice entries)
    {
        var size = 0L;
        foreach (ref readonly var entry in entries.Span)
        {
            size += entry.Payload.Size;
        }

        return size;
    }

    private void Push(LogEntry entry)
    {
        var hash = PrefixHash.Extend(LastPosition.Hash, entry.Payload);
        if (_head + _count == _entries.Length)
        {
            Renew(Math.Max(16, 2 * _count));
        }

        (_entries[_head + _count], _hashes[_head + _count]) = (entry, hash);
        Size += entry.Payload.Size;
        _count++;
    }

    /// <summary>Continues in arrays of this size. Slices still show the old ones.</summary>
    private void Renew(int capacity)
    {
        var (entries, hashes) = (new LogEntry[capacity], new ulong[capacity]);
        Array.Copy(_entries, _head, entries, 0, _count);
        Array.Copy(_hashes, _head, hashes, 0, _count);
        (_entries, _hashes, _head) = (entries, hashes, 0);
    }

    private int SlotOf(LogIndex index)
    {
        Invariant.That(index > Base.Index && index <= Last, "only what is in the log is looked at");
        return _head + (int)(index.Value - Base.Index.Value - 1);
    }
}
