namespace RaftActors.Persistence.State;

/// <summary>
/// The events of each tag, in the order of their offsets. A deleted event leaves it with a later deletion, so the index has at most twice
/// as many entries as there are tags of events, and some. Not thread-safe.
/// </summary>
internal sealed class TagIndex
{
    // A sweep looks at all entries, so it waits for enough deletions to be worth it.
    internal const int SweepMin = 1024;

    private readonly Dictionary<string, Entries> _tags = [];
    private long _deleted;

    /// <summary>The number of entries, with those of deleted events.</summary>
    public long Count { get; private set; }

    /// <param name="each">Its offset is higher than those of all events before.</param>
    public void Add(string tag, TaggedEvent each)
    {
        if (!_tags.TryGetValue(tag, out var entries))
        {
            _tags[tag] = entries = new Entries();
        }

        entries.Add(each);
        Count++;
    }

    /// <summary>Returns the events of a tag whose offsets are higher.</summary>
    public ReadOnlySpan<TaggedEvent> After(string tag, long offset)
    {
        ReadOnlySpan<TaggedEvent> all = _tags.TryGetValue(tag, out var entries) ? entries.All.Span : [];
        var (low, high) = (0, all.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = all[middle].Offset <= offset ? (middle + 1, high) : (low, middle);
        }

        return all[low..];
    }

    /// <summary>Says that so many events were deleted, with tags or without.</summary>
    public void OnDeleted(int count, Predicate<TaggedEvent> isLive)
    {
        _deleted += count;
        if (Count == 0 || _deleted < Math.Max(SweepMin, Count / 2))
        {
            return;
        }

        (_deleted, Count) = (0, 0);
        foreach (var (tag, entries) in _tags)
        {
            entries.Sweep(isLive);
            Count += entries.All.Length;
            if (entries.All.IsEmpty)
            {
                _tags.Remove(tag);
            }
        }
    }

    public void Clear()
    {
        _tags.Clear();
        (Count, _deleted) = (0, 0);
    }

    /// <summary>Returns the present entries of each tag. Another thread may read them while this index changes.</summary>
    public IReadOnlyList<(string Tag, ReadOnlyMemory<TaggedEvent> Events)> ToImage() =>
        [.. _tags.Select(each => (each.Key, each.Value.All))];

    private sealed class Entries
    {
        // Invariant: the first _count elements never change. A sweep makes a new array.
        private TaggedEvent[] _entries = new TaggedEvent[4];
        private int _count;

        public ReadOnlyMemory<TaggedEvent> All => _entries.AsMemory(0, _count);

        public void Add(TaggedEvent each)
        {
            if (_count == _entries.Length)
            {
                Array.Resize(ref _entries, _count + (_count / 2));
            }

            _entries[_count++] = each;
        }

        public void Sweep(Predicate<TaggedEvent> isLive)
        {
            _entries = [.. _entries.Take(_count).Where(each => isLive(each)), default, default];
            _count = _entries.Length - 2;
        }
    }
}

/// <summary>An event in the index of a tag. 24 bytes of memory, because all entries of a persistence id share its text.</summary>
internal readonly record struct TaggedEvent(long Offset, string Id, long SequenceNr);

/// <summary>The order of the events of a group: by the serials of their pairs, then by their places in them.</summary>
internal static class EventOffset
{
    // A pair has at most 8 MiB, and each event takes at least 12 bytes of it.
    private const int PlaceBits = 20;

    public static long Of(Serial serial, int place) => (serial.Value << PlaceBits) + place;

    /// <summary>The highest offset that an event of this pair can have.</summary>
    public static long LastOf(Serial serial) => Of(serial.Next, 0) - 1;
}
