using RaftActors.Core.Codec;

namespace RaftActors.Storage.Log;

/// <summary>
/// Reads a segment from its beginning, header by header. Continues after a bad place with the next intact batch. Allocates nothing.
/// <code>
/// var scan = new LogScan(header, bytes);
/// while (scan.MoveNext()) { ... scan.Kind, scan.Offset, scan.Record, scan.Body ... }
/// </code>
/// </summary>
/// <param name="header">The header of the segment.</param>
/// <param name="bytes">The segment from its beginning, up to its end or to the end of the file.</param>
/// <param name="isChecked">If false, the bytes are known to be good, and no checksum is computed.</param>
internal struct LogScan(SegmentHeader header, ReadOnlyMemory<byte> bytes, bool isChecked = true)
{
    private readonly uint _seed = header.Seed;
    private readonly int _used = (int)Math.Min(bytes.Length, RecordHeader.Padded(bytes.Span.LastIndexOfAnyExcept((byte)0) + 1));
    private int _next = SegmentHeader.Size;
    private int _batchEnd = SegmentHeader.Size;

    /// <summary>The kind of place at <see cref="Offset"/>.</summary>
    public ScanKind Kind { get; private set; }

    /// <summary>In bytes from the beginning of the segment.</summary>
    public int Offset { get; private set; }

    /// <summary>
    /// Number of bytes of this place: a record, the header of a batch, or a bad place up to the next batch that may be good.
    /// </summary>
    public readonly int Length => _next - Offset;

    /// <summary>The header of the batch around this place, or default in a bad batch.</summary>
    public BatchHeader Batch { get; private set; }

    public int BatchOffset { get; private set; }

    /// <summary>The header of this record, or default if its checksum is wrong.</summary>
    public RecordHeader Record { get; private set; }

    /// <summary>The checksums of a bad batch header, record header or body. Null if the place is good, or bad in another way.</summary>
    public ChecksumMismatch? Mismatch { get; private set; }

    public readonly ReadOnlyMemory<byte> Body => bytes.Slice(Offset + RecordHeader.Size, Record.BodyLength);

    /// <summary>The offset after which all bytes are zero.</summary>
    public readonly int Used => _used;

    /// <summary>The offset after the places read so far.</summary>
    public readonly int End => _next;

    /// <summary>Moves to the next place. Returns false if only zeros follow.</summary>
    public bool MoveNext()
    {
        Offset = _next;
        return Offset < _batchEnd ? MoveToRecord() : Offset < _used && MoveToBatch();
    }

    private bool MoveToBatch()
    {
        var rest = bytes.Span[Offset..];
        BatchOffset = Offset;
        if (!isChecked || BatchHeader.Stands(rest, _seed, Offset))
        {
            Batch = BatchHeader.Read(rest);
            (Kind, Mismatch) = (ScanKind.Batch, null);
            (_next, _batchEnd) = (Offset + BatchHeader.Size, Offset + Batch.Length);
            return true;
        }

        Mismatch = rest.Length < BatchHeader.Size
            ? null
            : MismatchOf(BatchHeader.ExpectedOf(rest), BatchHeader.ChecksumOf(rest, _seed, Offset));
        (Kind, Batch) = (ScanKind.BadBatch, default);
        _next = _batchEnd = NextBatch(Offset + RecordHeader.Alignment);
        return true;
    }

    private bool MoveToRecord()
    {
        var rest = bytes.Span[Math.Min(Offset, bytes.Length)..];
        if (rest.Length < RecordHeader.Size)
        {
            return MoveOverBadRecord(null);
        }

        if (isChecked && RecordHeader.ChecksumOf(rest, _seed, Offset) is var found && found != RecordHeader.ExpectedOf(rest))
        {
            return MoveOverBadRecord(MismatchOf(RecordHeader.ExpectedOf(rest), found));
        }

        Record = RecordHeader.Read(rest);
        if (Record.Length < RecordHeader.Size || Offset + Record.PaddedLength > Math.Min(_batchEnd, bytes.Length))
        {
            return MoveOverBadRecord(null);
        }

        (Kind, Mismatch) = (ScanKind.Record, null);
        _next = (int)(Offset + Record.PaddedLength);
        if (isChecked)
        {
            Mismatch = MismatchOf(Record.BodyChecksum, Crc32C.Of(rest[RecordHeader.Size..(int)Record.PaddedLength]));
            Kind = Mismatch is null ? ScanKind.Record : ScanKind.BadBody;
        }

        return true;
    }

    // The length of the record is unknown, so the rest of the batch is skipped.
    private bool MoveOverBadRecord(ChecksumMismatch? mismatch)
    {
        (Kind, Record, Mismatch) = (ScanKind.BadRecord, default, mismatch);
        _next = Math.Max(Offset, Math.Min(_batchEnd, bytes.Length));
        _batchEnd = _next;
        return true;
    }

    private static ChecksumMismatch? MismatchOf(uint expected, uint found) =>
        expected == found ? null : new ChecksumMismatch(expected, found);

    private readonly int NextBatch(int from)
    {
        var all = bytes.Span[.._used];
        while (from < _used)
        {
            var found = all[from..].IndexOf(BatchHeader.Magic);
            if (found < 0)
            {
                return _used;
            }

            from += found;
            if (from % RecordHeader.Alignment == 0 && BatchHeader.Stands(bytes.Span[from..], _seed, from))
            {
                return from;
            }

            from++;
        }

        return _used;
    }
}

internal enum ScanKind
{
    /// <summary>The header of a batch. Its records follow.</summary>
    Batch,

    Record,

    /// <summary>A record with a good header and a bad body.</summary>
    BadBody,

    /// <summary>A bad record header. The rest of its batch cannot be read.</summary>
    BadRecord,

    BadBatch,
}
