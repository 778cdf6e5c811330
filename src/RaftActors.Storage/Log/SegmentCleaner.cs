using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>
/// Bounds the log on disk by the entries that its stores need. A quiet store needs an old segment for a few entries, and would keep all
/// segments after it too, full of entries that busy stores have discarded. So the cleaner copies the entries of such stores into the next
/// segment, a page at a time, while the present one fills. The segment gets its name at the end, with all copies in one batch. A part of
/// the copies would remove the rest of a log, because an entry replaces all at and above its index.
/// </summary>
internal sealed class SegmentCleaner(
    StoreOptions options, SegmentFiles files, BatchBuilder builder, EntryReader reader, List<Slot> slots, Guid log)
{
    // The copies at most double what is written, because the log grows by twice its needed bytes before they are copied again.
    private const int Slack = 2;

    // The most bytes of a moved store. A segment is read as one block, and takes its own size beside the copies. A larger store keeps its
    // segments.
    private const long MovedSizeMax = 1 << 29;

    // A run has 64 KiB of the log.
    private const int RunsPerPage = 8;

    // The copies are complete before the segment is full. A pass then follows each sixteenth, so that little is left when it is full.
    private const double CompleteAt = 0.75;
    private const double PassEvery = 1.0 / 16;

    private readonly List<Slot> _moving = [];
    private PreparedSegment? _next;
    private long _planned;
    private int _at;
    private double _passAt = CompleteAt;

    /// <summary>Begins to move the stores that need the oldest segments, if the log is too large for what all stores need.</summary>
    public void Plan()
    {
        var limit = (options.CleanAboveSegments * options.SegmentSizeBytes) + (Slack * slots.Sum(slot => slot.Bytes));
        if (files.Bytes <= limit || slots.Exists(slot => slot.Damage is not null))
        {
            return;
        }

        var half = (files.Oldest + files.Current) / 2;
        foreach (var slot in slots.Where(slot => slot.OldestSegment <= half).OrderBy(slot => slot.OldestSegment))
        {
            var size = slot.Bytes + WriteSize.Of(slot.Owner);
            if (slot.IsUnreadable || (_moving.Count == 0 ? size > MovedSizeMax : _planned + size > options.SegmentSizeBytes))
            {
                break; // The segments of this store stay, so to move later ones would free nothing.
            }

            _moving.Add(slot);
            _planned += size;
        }

        if (_moving.Count > 0)
        {
            Begin();
        }
    }

    /// <summary>Copies a share that keeps pace with the present segment. Call it after each batch.</summary>
    public void Work()
    {
        if (files.Filled >= _passAt)
        {
            _passAt = files.Filled + PassEvery;
            Complete();
        }

        while (_next is not null && _at < _moving.Count && _next.End < _planned * files.Filled / CompleteAt)
        {
            CopyPage();
        }
    }

    /// <summary>Copies the rest, with the entries that came meanwhile. Returns null if there is nothing to move.</summary>
    public PreparedSegment? Complete()
    {
        for (_at = 0; _next is not null && _at < _moving.Count;)
        {
            CopyPage();
        }

        return _next;
    }

    /// <summary>Ends the move. If it is not done, the copies are not in the log, and the entries stay where they are.</summary>
    public void End(bool isDone)
    {
        foreach (var slot in _moving)
        {
            if (isDone)
            {
                slot.UseCopies();
            }

            slot.Copies = null;
        }

        _moving.Clear();
        (_next, _planned, _at, _passAt) = (null, 0, 0, CompleteAt);
    }

    /// <summary>Gives a move up, and deletes its file.</summary>
    public void Drop()
    {
        if (_next is { } next)
        {
            files.Drop(next);
        }

        End(isDone: false);
    }

    private void Begin()
    {
        try
        {
            _next = files.Prepare(log, _planned + options.SegmentSizeBytes);
            _moving.ForEach(slot => slot.Copies = new EntryRuns());
        }
        catch (DiskFullException)
        {
            End(isDone: false); // The next segment tries again.
        }
    }

    /// <summary>Copies the next entries of a slot, or goes on to the next slot.</summary>
    private void CopyPage()
    {
        var (slot, copies) = (_moving[_at], _moving[_at].Copies!);
        builder.Begin(_next!.Seed, _next.End, isFurther: true);
        var isNew = copies.Next == LogIndex.Zero;
        if (isNew)
        {
            builder.AddOwner(slot.Number, slot.Owner, slot.Incarnation);
        }

        // All copied entries may be discarded meanwhile. Then the next one would leave a gap.
        if (isNew || slot.Log.Base.Index >= copies.Next)
        {
            copies.Begin(slot.Log.Base.Index);
            builder.AddBase(slot.Number, RecordType.Base, new LogRange(slot.Log.Base, slot.Log.Base.Index));
        }

        try
        {
            AddEntries(slot, copies);
            _next.Append(builder);
            _at += copies.Next > slot.Log.Last ? 1 : 0;
        }
        catch (Exception e) when (e is StoreException or DiskFullException)
        {
            // The damage concerns this store alone, and its next opening reports it.
            slot.IsUnreadable = e is StoreException;
            Drop();
        }
    }

    private void AddEntries(Slot slot, EntryRuns copies)
    {
        var (first, last) = (copies.Next, slot.Log.Last);
        var runs = slot.RunsOf(first, last);
        last = runs.Length > RunsPerPage ? new LogIndex(runs[RunsPerPage].First.Value - 1) : last;
        var entries = reader.Read(slot, first, last);

        // Invariant: no entry is discarded while it is copied, because both happen under the lock of the writer. Otherwise the copies
        // would never be complete.
        if (entries.IsEmpty && first <= last)
        {
            throw new InvalidOperationException($"The entries {first} to {last} of {slot.Owner} are in its log, and were not read.");
        }

        foreach (var entry in entries)
        {
            var offset = builder.NextOffset;
            builder.AddEntry(slot.Number, entry);
            copies.Add(entry.Index, _next!.Number, offset, builder.NextOffset - offset);
        }
    }
}
