using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>The segment files of an open log. Batches go into the last segment. Older segments stay until they are deleted.</summary>
internal sealed class SegmentFiles(IDisk disk, long segmentSize, SyncMetrics metrics) : IDisposable
{
    /// <summary>Ends the name of a file that no log has yet.</summary>
    public const string Unfinished = ".tmp";

    // The bytes of each segment that only a seal, or a discard on a full disk, may use.
    private readonly long _reserve = Math.Min(4096, segmentSize / 8);

    // By number, with their allocated lengths.
    private readonly Queue<(long Number, long Length)> _segments = [];
    private IDiskFile? _file;
    private SegmentHeader _header;
    private long _capacity;
    private bool _isSealed;
    private long _unsyncedEntries;

    public uint Seed { get; private set; }

    /// <summary>The offset of the next batch in the last segment.</summary>
    public long End { get; private set; }

    /// <summary>The offset up to which the last segment is durable.</summary>
    public long Synced { get; private set; }

    public long Batches { get; private set; }

    public long Oldest => _segments.Peek().Number;

    public long Bytes { get; private set; }

    /// <summary>The filled part of the last segment, from 0 to 1.</summary>
    public double Filled => (End - _header.Born) / (double)(_capacity - _header.Born);

    public long Current => _header.Number;

    public byte Level => _header.Level;

    /// <summary>Batches were written since the last seal. Without a seal the next opening cannot tell whether they were synced.</summary>
    public bool NeedsSeal => !_isSealed;

    /// <summary>Deletes the unfinished files that an earlier process left.</summary>
    public static void RemoveUnfinished(IDisk disk)
    {
        foreach (var name in disk.List(LogReader.Folder))
        {
            if (IsUnfinished(name))
            {
                disk.Delete($"{LogReader.Folder}/{name}");
            }
        }
    }

    public static bool IsUnfinished(string name) =>
        name.EndsWith(Unfinished, StringComparison.Ordinal) && SegmentHeader.NumberOf(name[..^Unfinished.Length]) is not null;

    /// <summary>Tells whether a batch of this size fits into the last segment, without the reserve.</summary>
    public bool HasRoom(long size) => End + size + _reserve <= _capacity;

    /// <summary>Tells whether a batch of this size, and a seal after it, fit into the last segment with the reserve.</summary>
    public bool HasReserve(long size) => End + size + BatchHeader.Size <= _capacity;

    /// <summary>Continues the log that was read, and makes all of it durable.</summary>
    public void GoOn(LogReader reader)
    {
        var (check, bytes) = (reader.LastCheck!, reader.LastBytes);
        foreach (var segment in reader.Segments)
        {
            using var file = disk.Open(LogReader.NameOf(segment.Number));
            file.Sync();
            Add(segment.Number, file.Length);
        }

        var header = reader.Segments[^1];
        if (check.IsSealed)
        {
            _file = disk.Open(LogReader.NameOf(header.Number));
            Use(header, _file.Length, check.End, check.Batches);
            SealAgain(check, bytes.Span);
        }
        else
        {
            WriteAgain(header, check, bytes.Span);
        }

        Synced = End;
        _isSealed = true;
        disk.SyncFolder(LogReader.Folder);
    }

    /// <summary>
    /// Begins the next segment, or the first one. Syncs the segment before it. Returns whether the prepared file is used. If that has no
    /// room for the batches, another file takes its place.
    /// </summary>
    /// <param name="log">The identity of the log.</param>
    /// <param name="builder">Encodes the first batch.</param>
    /// <param name="checkpoint">Adds the records of the first batch.</param>
    /// <param name="size">The bytes of the batch that follows.</param>
    /// <param name="level">The least format level of the segment. It is never below that of the segment before.</param>
    /// <param name="prepared">The file of the segment with a batch in it, if there is one yet.</param>
    /// <exception cref="DiskFullException">There is no room. Nothing has changed, except that the prepared file is gone.</exception>
    public bool Begin(
        Guid log, BatchBuilder builder, Action<BatchBuilder> checkpoint, long size, byte level, PreparedSegment? prepared = null)
    {
        if (_file is not null)
        {
            Sync();
        }

        var header = new SegmentHeader(_header.Number + 1, log, End, 0) { Level = Math.Max(level, _header.Level) };
        var (at, before) = prepared is null ? (SegmentHeader.Size, Batches) : (prepared.End, Batches + 1);
        builder.Begin(header.Seed, at);
        checkpoint(builder);
        var batch = builder.End(0, before);
        header = header with { Born = at + batch.Length };
        var needed = header.Born + size + _reserve;
        if (prepared?.Capacity < needed)
        {
            Drop(prepared);
            return Begin(log, builder, checkpoint, size, level);
        }

        var capacity = prepared?.Capacity ?? Math.Max(segmentSize, needed);
        var file = prepared is null ? Make(header, batch, capacity) : Finish(prepared, header, batch);
        _file?.Dispose();
        _file = file;
        Add(header.Number, capacity);
        Use(header, capacity, header.Born, before + 1);
        (Synced, _isSealed) = (End, true);
        return prepared is not null;
    }

    /// <summary>Allocates the file of the next segment. An opening deletes it, until <see cref="Begin"/> gives it its name.</summary>
    /// <exception cref="DiskFullException">There is no room, and nothing has changed.</exception>
    public PreparedSegment Prepare(Guid log, long capacity)
    {
        var header = new SegmentHeader(_header.Number + 1, log, 0, 0);
        return Prepare(header, capacity, SegmentHeader.Size + BatchHeader.Size);
    }

    public void Drop(PreparedSegment prepared)
    {
        prepared.Dispose();
        disk.Delete(LogReader.NameOf(prepared.Number) + Unfinished);
    }

    /// <summary>Writes a batch that was encoded for <see cref="End"/>.</summary>
    /// <param name="entries">The number of log entries in it.</param>
    public void Append(ReadOnlySpan<byte> batch, int entries)
    {
        // Invariants: a batch begins and ends at a multiple of 8, and never exceeds the allocated length of the file. A sync of a
        // file that grew would have to write its new length.
        if ((End | (long)batch.Length) % RecordHeader.Alignment != 0 || End + batch.Length > _capacity)
        {
            throw new InvalidOperationException($"A batch of {batch.Length} bytes at {End} does not fit a segment of {_capacity} bytes.");
        }

        _file!.Write(End, batch);
        End += batch.Length;
        Batches++;
        _unsyncedEntries += entries;
        _isSealed = false;
    }

    public void Sync()
    {
        if (Synced < End)
        {
            var start = metrics.Start();
            try
            {
                _file!.Sync();
            }
            finally
            {
                metrics.End();
            }

            metrics.Stop(start, _unsyncedEntries);
            (Synced, _unsyncedEntries) = (End, 0);
        }
    }

    /// <summary>Writes a seal: an empty batch, which records that all before it is durable.</summary>
    public void Seal(BatchBuilder builder)
    {
        Sync();
        builder.Begin(Seed, End);
        Append(builder.End(Synced, Batches), entries: 0);
        Sync();
        _isSealed = true;
    }

    /// <summary>
    /// Deletes the segments before this one. Deletes the oldest first, and durably before the next, so that no gap can appear.
    /// </summary>
    public void DeleteBefore(long segment)
    {
        while (Oldest < segment && Oldest < Current)
        {
            disk.Delete(LogReader.NameOf(Oldest));
            disk.SyncFolder(LogReader.Folder);
            Bytes -= _segments.Dequeue().Length;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Add(long number, long length)
    {
        _segments.Enqueue((number, length));
        Bytes += length;
    }

    private void Use(SegmentHeader header, long capacity, long end, long batches)
    {
        // Invariants: segments are numbered without a gap, and the log never loses a batch.
        if ((_header.Number > 0 && header.Number != _header.Number + 1) || batches < Batches || end > capacity)
        {
            throw new InvalidOperationException($"Segment {header.Number}, with {end} of {capacity} bytes and batch {batches}, does not "
                + $"follow segment {_header.Number} with batch {Batches}.");
        }

        (_header, Seed, _capacity, End, Batches) = (header, header.Seed, capacity, end, batches);
    }

    /// <summary>
    /// Writes the seal that was read again, and syncs it, because it may be only in the page cache. After a failed sync its page may count
    /// as clean, and only a new write makes it dirty.
    /// </summary>
    private void SealAgain(SegmentCheck check, ReadOnlySpan<byte> bytes)
    {
        var from = (int)Math.Min(check.Synced, check.End - BatchHeader.Size);
        _file!.Write(from, bytes[from..(int)check.End]);
        _file.Sync();
    }

    /// <summary>
    /// Replaces the last segment by a synced copy of it, up to its last good batch. Its unsealed batches may be only in the page cache.
    /// They must not be overwritten in place, because they may have been acknowledged.
    /// </summary>
    private void WriteAgain(SegmentHeader header, SegmentCheck check, ReadOnlySpan<byte> bytes)
    {
        header = header with { Born = check.End };
        try
        {
            _capacity = Math.Max(segmentSize, check.End + _reserve);
            _file = Make(header, bytes[SegmentHeader.Size..], _capacity);
        }
        catch (DiskFullException)
        {
            _capacity = check.End + BatchHeader.Size;
            _file = Make(header, bytes[SegmentHeader.Size..], _capacity);
        }

        Use(header, _capacity, check.End, check.Batches);
    }

    private PreparedSegment Prepare(SegmentHeader header, long capacity, int begin) =>
        new(disk.Create(LogReader.NameOf(header.Number) + Unfinished, capacity), header, capacity, begin);

    private IDiskFile Make(SegmentHeader header, ReadOnlySpan<byte> content, long capacity) =>
        Finish(Prepare(header, capacity, SegmentHeader.Size), header, content);

    private IDiskFile Finish(PreparedSegment prepared, SegmentHeader header, ReadOnlySpan<byte> last)
    {
        try
        {
            prepared.Finish(header, last, Batches);
        }
        catch (DiskFullException)
        {
            Drop(prepared);
            throw;
        }

        return GiveName(LogReader.NameOf(header.Number));
    }

    private IDiskFile GiveName(string name)
    {
        try
        {
            disk.Rename(name + Unfinished, name);
            disk.SyncFolder(LogReader.Folder);
        }
        catch (DiskFullException e)
        {
            // The rename may have happened or not, so the failure is final.
            throw new IOException(e.Message, e);
        }

        return disk.Open(name); // Messages name the file by the name under which it was opened.
    }
}
