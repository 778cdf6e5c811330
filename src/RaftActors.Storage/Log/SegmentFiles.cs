using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>
/// The files of a log that is written: the last segment takes what comes, and those before it stay until they are deleted.
/// </summary>
internal sealed class SegmentFiles(IDisk disk, long segmentSize) : IDisposable
{
    private const string Unfinished = ".tmp";

    /// <summary>In each segment so much is left for a seal, and for the word that makes room when the disk is full.</summary>
    private readonly long _reserve = Math.Min(4096, segmentSize / 8);

    private readonly Queue<long> _numbers = [];
    private IDiskFile? _file;
    private SegmentHeader _header;
    private long _capacity;
    private bool _isSealed;

    /// <summary>What checksums in the last segment begin with.</summary>
    public uint Seed { get; private set; }

    /// <summary>Where the last segment ends.</summary>
    public long End { get; private set; }

    /// <summary>Up to here it is durable.</summary>
    public long Synced { get; private set; }

    /// <summary>How many batches the log has.</summary>
    public long Batches { get; private set; }

    public long Oldest => _numbers.Peek();

    public long Current => _header.Number;

    /// <summary>What was written since the last seal is not known to be durable at the next opening.</summary>
    public bool NeedsSeal => !_isSealed;

    /// <summary>Files that were never finished, by a process that is no more, go.</summary>
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

    /// <summary>Whether a batch of this size goes into the last segment.</summary>
    public bool HasRoom(long size) => End + size + _reserve <= _capacity;

    /// <summary>The same, if the reserve may be used.</summary>
    public bool HasReserve(long size) => End + size + BatchHeader.Size <= _capacity;

    /// <summary>Goes on after what was read, and makes it durable.</summary>
    public void GoOn(LogReader reader)
    {
        var (check, bytes) = (reader.LastCheck!, reader.LastBytes);
        foreach (var segment in reader.Segments)
        {
            _numbers.Enqueue(segment.Number);
            using var file = disk.Open(LogReader.NameOf(segment.Number));
            file.Sync();
        }

        var header = reader.Segments[^1];
        if (check.IsSealed && !header.IsOld)
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

    /// <summary>Begins the next segment, or the first one. What is in the last one becomes durable.</summary>
    /// <param name="builder">With what the segment begins: it is asked for the bytes once its place is known.</param>
    /// <param name="size">Bytes that come next.</param>
    /// <exception cref="DiskFullException">There is no room, and everything is as it was.</exception>
    public void Begin(Guid log, BatchBuilder builder, Action<BatchBuilder> checkpoint, long size)
    {
        if (_file is not null)
        {
            Sync();
        }

        var header = new SegmentHeader(_header.Number + 1, log, End, 0);
        builder.Begin(header.Seed, SegmentHeader.Size);
        checkpoint(builder);
        var batch = builder.End(0, Batches);
        header = header with { Born = SegmentHeader.Size + batch.Length };
        var capacity = Math.Max(segmentSize, header.Born + size + _reserve);
        var file = Make(header, batch, capacity);
        _file?.Dispose();
        _file = file;
        _numbers.Enqueue(header.Number);
        Use(header, capacity, header.Born, Batches + 1);
        (Synced, _isSealed) = (End, true);
    }

    /// <summary>Writes a batch that was made for this place.</summary>
    public void Append(ReadOnlySpan<byte> batch)
    {
        _file!.Write(End, batch);
        End += batch.Length;
        Batches++;
        _isSealed = false;
    }

    public void Sync()
    {
        if (Synced < End)
        {
            _file!.Sync();
            Synced = End;
        }
    }

    /// <summary>Writes that everything is durable.</summary>
    public void Seal(BatchBuilder builder)
    {
        Sync();
        builder.Begin(Seed, End);
        Append(builder.End(Synced, Batches));
        Sync();
        _isSealed = true;
    }

    /// <summary>
    /// Deletes the segments before this one, the oldest first, each durably before the next goes: so there never is a hole.
    /// </summary>
    public void DeleteBefore(long segment)
    {
        while (Oldest < segment && Oldest < Current)
        {
            disk.Delete(LogReader.NameOf(Oldest));
            disk.SyncFolder(LogReader.Folder);
            _numbers.Dequeue();
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Use(SegmentHeader header, long capacity, long end, long batches) =>
        (_header, Seed, _capacity, End, Batches) = (header, header.Seed, capacity, end, batches);

    /// <summary>
    /// The seal that was read may be in the memory of the operating system only. A page that was not written back and is clean all the same
    /// is made dirty by writing the same to it.
    /// </summary>
    private void SealAgain(SegmentCheck check, ReadOnlySpan<byte> bytes)
    {
        var from = (int)Math.Min(check.Synced, check.End - BatchHeader.Size);
        _file!.Write(from, bytes[from..(int)check.End]);
        _file.Sync();
    }

    /// <summary>
    /// What is not known to be durable may be in the memory of the operating system only, and must not be written over where it stands,
    /// since it may have been acknowledged. So the segment is written again aside, up to its last good batch, and takes its own place.
    /// </summary>
    private void WriteAgain(SegmentHeader header, SegmentCheck check, ReadOnlySpan<byte> bytes)
    {
        header = header with { Born = check.End }; // Written as one of the present version.
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

    private IDiskFile Make(SegmentHeader header, ReadOnlySpan<byte> content, long capacity)
    {
        var name = LogReader.NameOf(header.Number);
        Span<byte> first = stackalloc byte[SegmentHeader.Size];
        header.Write(first);
        using (var file = disk.Create(name + Unfinished, capacity))
        {
            try
            {
                file.Write(0, first);
                file.Write(SegmentHeader.Size, content);
                file.Sync();
            }
            catch (DiskFullException)
            {
                file.Dispose();
                disk.Delete(name + Unfinished);
                throw;
            }
        }

        GiveName(name);
        return disk.Open(name); // Under its own name, which is what messages say.
    }

    private void GiveName(string name)
    {
        try
        {
            disk.Rename(name + Unfinished, name);
            disk.SyncFolder(LogReader.Folder);
        }
        catch (DiskFullException e)
        {
            // Whether the segment is there now, nobody knows. So this cannot be tried again as if nothing had happened.
            throw new IOException(e.Message, e);
        }
    }
}
