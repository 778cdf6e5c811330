namespace RaftActors.Core;

/// <summary>
/// The log in memory: every entry after <see cref="Base"/>, up to <see cref="Last"/>, with the hash over all pairs up to it. What of it is
/// durable, the other part of this class knows.
/// </summary>
/// <remarks>
/// One array holds it all, so that any stretch of it can be handed out without copying. Invariant: a place that was written once is not
/// written again, since somebody may be looking at it; whatever would have to do that begins a new array.
/// </remarks>
internal sealed partial class RaftLog
{
    private LogEntry[] _entries;
    private ulong[] _hashes;

    /// <summary>Where the first entry after <see cref="Base"/> stands in the arrays.</summary>
    private int _head;

    private int _count;

    /// <summary>Starts from entries that are durable.</summary>
    /// <param name="position">The place before the first of them.</param>
    /// <param name="entries">Everything after it.</param>
    /// <exception cref="ArgumentException">Index, term or serial do not follow on one another.</exception>
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

    /// <summary>The place before the first entry that is still here.</summary>
    public LogPosition Base { get; private set; }

    /// <summary>The index of the last entry.</summary>
    public LogIndex Last => new(Base.Index.Value + _count);

    /// <summary>What an election compares.</summary>
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
    /// Entries from an index above <see cref="Base"/> on, at most so many, and no more than so many bytes unless the first alone has more.
    /// </summary>
    /// <param name="size">How many bytes they are.</param>
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

    /// <summary>Entries from an index above <see cref="Base"/> on, at most so many.</summary>
    public LogSlice From(LogIndex first, int limit = int.MaxValue)
    {
        var count = (int)Math.Min(limit, Last.Value - first.Value + 1);
        return count <= 0 ? default : new LogSlice(_entries.AsMemory(SlotOf(first), count));
    }

    /// <summary>Whether this log holds that place: the consistency check of §5.3, on content too where a term says too little.</summary>
    public bool Holds(LogPosition position) =>
        position.Index >= Base.Index && position.Index <= Last && PositionAt(position.Index) == position;

    /// <summary>
    /// The last place at or before <paramref name="index"/> whose term is not above <paramref name="term"/>: it skips a conflicting term in
    /// one step (§5.3). Terms never fall along a log, so halving finds it. Below <see cref="Base"/> everything is committed, so all logs
    /// agree there, and Base itself is as far back as it goes.
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

    /// <summary>Adds an entry at the end.</summary>
    public void Append(LogEntry entry)
    {
        Invariant.That(FollowsOn(LastPosition, entry), "index and serial are dense and terms never fall along a log");
        if (!HasUnsaved)
        {
            _firstUnsaved = entry.Index;
        }

        Push(entry);
    }

    /// <summary>Removes everything at and above an index. Nothing that was written there vouches for what comes in its place.</summary>
    public void TruncateFrom(LogIndex index)
    {
        Invariant.That(index > Base.Index && index <= Last, "only what is in the log is truncated");
        _count = (int)(index.Value - Base.Index.Value - 1);
        Renew(_count);
        ForgetWritesAbove(Last);
    }

    /// <summary>
    /// Forgets everything up to an index, which becomes the new <see cref="Base"/>. The arrays are given back when half of what they hold
    /// is dead, so an entry is copied at most once for one that was discarded.
    /// </summary>
    public void DiscardTo(LogIndex index)
    {
        var position = PositionAt(index);
        var count = (int)(index.Value - Base.Index.Value);
        (Base, _head, _count) = (position, _head + count, _count - count);
        if (_head > _entries.Length / 2)
        {
            Renew(2 * _count);
        }
    }

    /// <summary>Forgets everything, and goes on after this place. Nothing that was written before vouches for anything any more.</summary>
    public void Reset(LogPosition position)
    {
        (_entries, _hashes, _head, _count) = ([], [], 0, 0);
        Base = position;
        ForgetWrites();
    }

    private static bool FollowsOn(LogPosition before, LogEntry entry) =>
        entry.Index == before.Index.Next
        && entry.Term >= before.Term
        && entry.Serial == (entry.Payload is Payload.Pair ? before.Serial.Next : before.Serial);

    private void Push(LogEntry entry)
    {
        var hash = PrefixHash.Extend(LastPosition.Hash, entry.Payload);
        if (_head + _count == _entries.Length)
        {
            Renew(Math.Max(16, 2 * _count));
        }

        (_entries[_head + _count], _hashes[_head + _count]) = (entry, hash);
        _count++;
    }

    /// <summary>Goes on in arrays of this size; what was handed out still shows the ones before.</summary>
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
