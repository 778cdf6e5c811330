using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Log;

/// <summary>
/// The file of a segment before it has its name, so that a crash leaves nothing of it. <see cref="SegmentCleaner"/> and
/// <see cref="Tools.LogRewrite"/> write the first batch in pieces. The headers are written last.
/// </summary>
/// <param name="begin">The offset after the header, or after the headers of the segment and of a first batch in pieces.</param>
internal sealed class PreparedSegment(IDiskFile file, SegmentHeader header, long capacity, int begin) : IDisposable
{
    // Synced after each of these bytes, because one sync of the whole file would delay the syncs of the log.
    private const long SyncBytes = 1 << 20;

    private readonly int _begin = begin;
    private int _records;
    private long _synced;

    public long Number => header.Number;

    public uint Seed { get; } = header.Seed;

    public long Capacity => capacity;

    public long End { get; private set; } = begin;

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

    /// <summary>Writes the headers and the last bytes, and makes all of it durable.</summary>
    /// <param name="last">They begin at <see cref="End"/>.</param>
    /// <param name="before">The number of batches in the log before this segment.</param>
    public void Finish(SegmentHeader final, ReadOnlySpan<byte> last, long before)
    {
        Span<byte> first = stackalloc byte[SegmentHeader.Size + BatchHeader.Size];
        final.Write(first);
        new BatchHeader((int)(End - SegmentHeader.Size), _records, 0, before).Write(first[SegmentHeader.Size..], Seed, SegmentHeader.Size);
        file.Write(0, first[.._begin]);
        file.Write(End, last);
        file.Sync();
        file.Dispose();
    }

    public void Dispose() => file.Dispose();
}
