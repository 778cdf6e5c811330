using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Delivery;

/// <summary>
/// The committed pairs of one process by serial, after the compacted ones. The latest are in memory, and the others are read from the
/// store. Only the engine changes them. The actor reads them in batches, up to <see cref="ToActor.Committed"/>. Thread-safe: a lock guards
/// each call, and a pair never changes. A call that reads the store waits for the disk without the lock.
/// </summary>
/// <param name="read">
/// Reads the entries from an index to another one from the store: all of them, or none if one was discarded. Null if no pair is ever
/// evicted.
/// </param>
/// <param name="fail">Tells the engine that the store lacks committed entries, before the reader gets the exception.</param>
internal sealed class CommittedPairs(Func<LogIndex, LogIndex, LogSlice>? read = null, Action<StoreException>? fail = null)
{
    // A read of the store brings a page, which is as large as one message of a leader.
    private const int PagePairsMax = 256;
    private const int PageBytesMax = 64_000;

    // The most pages from the store that are kept in memory, together 256 kB besides large pairs.
    private const int PagesKept = 4;

    private readonly Lock _lock = new();

    // The committed entries of Core's log that are in memory.
    private LogSlice _entries;

    // The pairs that only the store has, in pages.
    private readonly ChunkedList<Page> _pages = new();

    // The last compacted place.
    private (Serial Serial, LogIndex Index) _base;

    // The pairs above this serial are in memory.
    private Serial _floor;

    // The last committed entry, with or without a pair.
    private LogIndex _last;

    // The oldest first. The array is replaced and never changed, so a reader needs no lock for each pair.
    private volatile PairEpoch[] _epochs = [];

    // The recently used pages, because an actor, a Get and a client read a page in several batches, each at its place.
    private readonly List<(LogIndex Index, StoredPair Pair)[]> _read = new(PagesKept);

    /// <summary>The last compacted serial. A snapshot covers the pairs up to it, which are not here.</summary>
    public Serial Base
    {
        get
        {
            lock (_lock)
            {
                return _base.Serial;
            }
        }
    }

    /// <summary>The last committed serial, compacted or not.</summary>
    public Serial CommittedSerial
    {
        get
        {
            lock (_lock)
            {
                return Last;
            }
        }
    }

    private Serial Last => _entries.IsEmpty ? _floor : _entries[^1].Serial;

    /// <summary>Adds the pairs among the next committed entries.</summary>
    public void Commit(LogSlice entries)
    {
        lock (_lock)
        {
            foreach (ref readonly var entry in entries)
            {
                _last = entry.Index;
                if (entry.Configuration is { } configuration)
                {
                    Begin(PairEpoch.Of(entry.Serial, configuration));
                }
            }

            _entries = LogSlice.Join(_entries, entries);
        }
    }

    /// <summary>Returns a pair, or null if it is not committed here, or compacted.</summary>
    /// <exception cref="StoreException">The pair cannot be read from the store.</exception>
    public StoredPair? Read(Serial serial)
    {
        var pair = default(StoredPair);
        return serial > Serial.Zero && ReadAfter(new Serial(serial.Value - 1), new Span<StoredPair>(ref pair)) == 1 ? pair : null;
    }

    /// <summary>Reads the pairs after a serial, in order, as many as the batch holds. May read fewer if they come from the store.</summary>
    /// <returns>How many pairs were read; 0 if the next one is not committed here, or compacted.</returns>
    /// <exception cref="StoreException">The pairs cannot be read from the store.</exception>
    public int ReadAfter(Serial serial, Span<StoredPair> batch) => TryReadAfter(serial, batch) ?? Copy(ReadPage(serial.Next), batch);

    /// <summary>Does the same without reading the store.</summary>
    /// <returns>Null if the first pair is in the store only.</returns>
    public int? TryReadAfter(Serial serial, Span<StoredPair> batch)
    {
        lock (_lock)
        {
            if (!IsHere(serial.Next))
            {
                return 0;
            }

            if (serial < _floor)
            {
                var pairs = FindKept(serial.Next);
                return pairs.IsEmpty ? null : Copy(pairs, batch);
            }

            var count = 0;
            for (var place = PlaceOf(serial.Next); place < _entries.Length && count < batch.Length; place++)
            {
                switch (_entries[place])
                {
                    case { Count: 1 } entry:
                        batch[count++] = StoredPair.Of(entry);
                        break;
                    case { Count: > 1 } entry:
                        var pairs = StoredPair.AllOf(entry).AsSpan((int)Math.Max(0, serial.Next.Value - entry.First.Value));
                        pairs = pairs[..Math.Min(pairs.Length, batch.Length - count)];
                        pairs.CopyTo(batch[count..]);
                        count += pairs.Length;
                        break;
                }
            }

            return count;
        }
    }

    /// <summary>Copies up to the given number of the latest pairs in memory, the oldest first. Never reads the store.</summary>
    public (LogIndex Index, long Term, StoredPair Pair)[] CopyLatest(int max)
    {
        lock (_lock)
        {
            var first = new Serial(Math.Max(_floor.Value, Last.Value - max)).Next;
            return [.. _entries.Skip(PlaceOf(first))
                .SelectMany(entry => StoredPair.AllOf(entry).Select(pair => (entry.Index, entry.Term.Value, pair)))
                .SkipWhile(latest => latest.pair.Serial < first)];
        }
    }

    /// <summary>
    /// Returns the index of the last committed entry with this serial, because entries without a pair repeat the serial before. Returns
    /// null if the serial is not committed here, or compacted, or within a batch: a snapshot there would have half of an entry.
    /// </summary>
    /// <exception cref="StoreException">The next pair cannot be read from the store.</exception>
    public LogIndex? LastIndexOf(Serial serial)
    {
        lock (_lock)
        {
            if (serial == Last)
            {
                return _last;
            }

            if (serial < _base.Serial || serial > Last)
            {
                return null;
            }

            if (serial >= _floor)
            {
                var next = _entries[PlaceOf(serial.Next)];
                return next.First == serial.Next ? new LogIndex(next.Index.Value - 1) : null;
            }
        }

        return Read(serial) is not { HasMore: true } && ReadPage(serial.Next) is [var first, ..]
            ? new LogIndex(first.Index.Value - 1)
            : null;
    }

    /// <summary>Removes the pairs up to a serial, which the store has, from memory.</summary>
    public void EvictTo(Serial serial)
    {
        // Only the engine calls this, after each step, and only the engine changes the serial.
        if (serial <= _floor)
        {
            return;
        }

        lock (_lock)
        {
            var end = serial < Last ? serial : Last;
            if (end <= _floor || read is null)
            {
                return;
            }

            var count = PlaceOf(end.Next);
            var (size, pairs) = (0, 0);
            foreach (var pair in _entries.Take(count).Where(entry => entry.IsPair))
            {
                (size, pairs) = (size + pair.Value.Length, pairs + pair.Count);
                if (pairs >= PagePairsMax || size >= PageBytesMax || pair.Serial == end)
                {
                    _pages.Add(new Page(pair.Serial, pair.Index));
                    (size, pairs) = (0, 0);
                }
            }

            (_entries, _floor) = (_entries.Drop(count), end);
        }
    }

    /// <summary>Removes the pairs up to a place that a snapshot covers. Returns false if they were removed before.</summary>
    public bool DiscardTo(Serial serial, LogIndex index)
    {
        lock (_lock)
        {
            if (serial <= _base.Serial)
            {
                // Entries without a pair may follow the last compacted one. The store discards them too.
                _base = serial == _base.Serial && index > _base.Index ? (serial, index) : _base;
                return false;
            }

            _pages.RemoveFirst(_pages.CountWhile(serial, static (page, last) => page.Last <= last));
            _entries = _entries.Drop(PlaceOf(serial.Next));
            (_base, _floor) = ((serial, index), serial > _floor ? serial : _floor);
            return true;
        }
    }

    /// <summary>
    /// Returns the epoch of a committed pair, or of the next one. Exact only after the latest snapshot, because a snapshot does not tell
    /// earlier epochs. An actor is given no earlier pairs.
    /// </summary>
    public PairEpoch EpochOf(Serial serial)
    {
        var epochs = _epochs;
        var latest = epochs.Length - 1;
        while (latest >= 0 && epochs[latest].After >= serial)
        {
            latest--;
        }

        return latest < 0 ? PairEpoch.First : epochs[latest];
    }

    /// <summary>Removes all pairs, because a snapshot up to this position replaces them.</summary>
    /// <param name="configuration">The configuration of the latest snapshot, or null without one.</param>
    public void StartAfter(LogPosition position, Configuration? configuration = null)
    {
        lock (_lock)
        {
            _epochs = configuration is null ? [] : [PairEpoch.Of(Serial.Zero, configuration)];
            _entries = default;
            _pages.Clear();
            _read.Clear();
            (_base, _floor, _last) = ((position.Serial, position.Index), position.Serial, position.Index);
        }
    }

    private void Begin(PairEpoch epoch)
    {
        var latest = _epochs is [.., var last] ? last : PairEpoch.First;
        if (latest with { After = epoch.After } != epoch)
        {
            _epochs = [.. _epochs, epoch];
        }
    }

    // The place of the pair with this serial, or of the first entry above it. Entries without a pair repeat the serial before.
    private int PlaceOf(Serial serial)
    {
        var (low, high) = (0, _entries.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _entries[middle].Serial < serial ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private bool IsHere(Serial serial) => serial > _base.Serial && serial <= Last;

    /// <summary>Reads from an evicted pair to the end of its page. Empty if the pair was compacted meanwhile.</summary>
    private ReadOnlySpan<(LogIndex Index, StoredPair Pair)> ReadPage(Serial serial)
    {
        while (true)
        {
            LogIndex first, last;
            lock (_lock)
            {
                if (FindKept(serial) is { IsEmpty: false } kept)
                {
                    return kept;
                }

                if (!IsHere(serial))
                {
                    return default;
                }

                var page = _pages.CountWhile(serial, static (page, serial) => page.Last < serial);
                var before = page == 0 || _pages[page - 1].End < _base.Index ? _base.Index : _pages[page - 1].End;
                (first, last) = (before.Next, _pages[page].End);
            }

            // Justification: without a store no pair is evicted.
            var pairs = read!(first, last).SelectMany(entry => StoredPair.AllOf(entry).Select(pair => (entry.Index, pair))).ToArray();
            lock (_lock)
            {
                if (!IsHere(serial))
                {
                    return default;
                }

                var place = pairs.Length == 0 ? -1 : serial.Value - pairs[0].pair.Serial.Value;
                if (place >= 0 && place < pairs.Length && pairs[place].pair.Serial == serial)
                {
                    Keep(pairs);
                    return pairs.AsSpan((int)place);
                }

                // If the first entries of the page were compacted meanwhile, the loop reads the rest of the page.
                if (first > _base.Index)
                {
                    StoreException lost = new($"The store lacks the committed pair {serial}, which belongs to the entries {first} to "
                        + $"{last}. Stop the node, run 'raft log forget' for the group, and start the node: it rejoins the group.");
                    fail?.Invoke(lost);
                    throw lost;
                }
            }
        }
    }

    // The pairs from this one to the end of its page, or nothing if that page is not in memory.
    private ReadOnlySpan<(LogIndex Index, StoredPair Pair)> FindKept(Serial serial)
    {
        foreach (var page in _read)
        {
            var place = serial.Value - page[0].Pair.Serial.Value;
            if (place >= 0 && place < page.Length)
            {
                _read.Remove(page);
                _read.Add(page);
                return page.AsSpan((int)place);
            }
        }

        return default;
    }

    private void Keep((LogIndex Index, StoredPair Pair)[] page)
    {
        if (_read.Count == PagesKept)
        {
            _read.RemoveAt(0);
        }

        _read.Add(page);
    }

    private static int Copy(ReadOnlySpan<(LogIndex Index, StoredPair Pair)> pairs, Span<StoredPair> batch)
    {
        pairs = pairs[..Math.Min(batch.Length, pairs.Length)];
        for (var place = 0; place < pairs.Length; place++)
        {
            batch[place] = pairs[place].Pair;
        }

        return pairs.Length;
    }

    /// <summary>Pairs that only the store has, after those of the page before.</summary>
    /// <param name="Last">The serial of the last pair.</param>
    /// <param name="End">The index of the last pair.</param>
    private readonly record struct Page(Serial Last, LogIndex End);
}

/// <summary>What the configuration in force says of the pairs after a serial.</summary>
internal readonly record struct PairEpoch(Serial After, long Era, int Logic)
{
    /// <summary>The epoch of the pairs before any configuration, which are preloaded.</summary>
    public static PairEpoch First { get; } = new(Serial.Zero, 0, GroupVersion.Lowest.Logic);

    public static PairEpoch Of(Serial after, Configuration configuration) => new(after, configuration.Era, configuration.Version.Logic);
}
