using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>
/// The file of the next segment, while <see cref="SegmentCleaner"/> writes its first batch in pieces. The headers are written last, and
/// the file has no name until then, so a crash leaves nothing of it.
/// </summary>
internal sealed class PreparedSegment(IDiskFile file, SegmentHeader header, long capacity) : IDisposable
{
    // Synced after each of these bytes, because one sync of the whole file would delay the syncs of the log.
    private const long SyncBytes = 1 << 20;

    private int _records;
    private long _synced;

    public long Number => header.Number;

    public uint Seed { get; } = header.Seed;

    public long Capacity => capacity;

    public long End { get; private set; } = SegmentHeader.Size + BatchHeader.Size;

    /// <summary>Appends records that were encoded for <see cref="End"/>.</summary>
    public void Append(BatchBuilder builder)
    {
        if (builder.Length == 0)
        {
            return;
        }

        file.Write(End, builder.Written);
        End += builder.Length;
        _records += builder.Records;
        if (End - _synced >= SyncBytes)
        {
            file.Sync();
            _synced = End;
        }
    }

    /// <summary>Writes the headers and the second batch, and makes all of it durable.</summary>
    /// <param name="checkpoint">The second batch, encoded for <see cref="End"/>.</param>
    /// <param name="before">The number of batches in the log before this segment.</param>
    public void Finish(SegmentHeader final, ReadOnlySpan<byte> checkpoint, long before)
    {
        Span<byte> first = stackalloc byte[SegmentHeader.Size + BatchHeader.Size];
        final.Write(first);
        new BatchHeader((int)(End - SegmentHeader.Size), _records, 0, before).Write(first[SegmentHeader.Size..], Seed, SegmentHeader.Size);
        file.Write(0, first);
        file.Write(End, checkpoint);
        file.Sync();
        file.Dispose();
    }

    public void Dispose() => file.Dispose();
}
