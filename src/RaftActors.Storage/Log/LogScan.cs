using RaftActors.Codec;

namespace RaftActors.Storage.Log;

/// <summary>
/// Reads a segment from its beginning, header by header, and goes on after what is bad as far as that is possible. Allocates nothing.
/// <code>
/// var scan = new LogScan(header, bytes);
/// while (scan.MoveNext()) { ... scan.Kind, scan.Offset, scan.Record, scan.Body ... }
/// </code>
/// </summary>
/// <param name="header">Of the segment.</param>
/// <param name="bytes">The segment from its beginning, up to where it ends or to the end of the file.</param>
/// <param name="isChecked">False: they were checked before.</param>
internal struct LogScan(SegmentHeader header, ReadOnlyMemory<byte> bytes, bool isChecked = true)
{
    private readonly uint _seed = header.Seed;
    private readonly int _used = (int)Math.Min(bytes.Length, RecordHeader.Padded(bytes.Span.LastIndexOfAnyExcept((byte)0) + 1));
    private int _next = SegmentHeader.Size;
    private int _batchEnd = SegmentHeader.Size;

    /// <summary>What stands at <see cref="Offset"/>.</summary>
    public ScanKind Kind { get; private set; }

    /// <summary>In bytes from the beginning of the segment.</summary>
    public int Offset { get; private set; }

    /// <summary>How many bytes this is: of a bad place, up to where something good may begin again; of a batch, its header alone.</summary>
    public readonly int Length => _next - Offset;

    /// <summary>The batch that this is, or is in; not of a bad batch.</summary>
    public BatchHeader Batch { get; private set; }

    /// <summary>Where that batch begins.</summary>
    public int BatchOffset { get; private set; }

    /// <summary>The header of this record, if its checksum is right.</summary>
    public RecordHeader Record { get; private set; }

    /// <summary>The checksum that stands there.</summary>
    public uint Expected { get; private set; }

    /// <summary>The checksum of what stands there. That of a record is the body's, unless its header is bad.</summary>
    public uint Found { get; private set; }

    /// <summary>Where the body of this record is in the bytes that were given.</summary>
    public readonly ReadOnlyMemory<byte> Body => bytes.Slice(Offset + RecordHeader.Size, Record.BodyLength);

    /// <summary>After this there are zeros only, up to the end.</summary>
    public readonly int Used => _used;

    /// <summary>Where a batch would begin after all that was read.</summary>
    public readonly int End => _next;

    /// <summary>Goes to what comes next. False: nothing does.</summary>
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
            Expected = Found = BatchHeader.ExpectedOf(rest);
            (Kind, _next, _batchEnd) = (ScanKind.Batch, Offset + BatchHeader.Size, Offset + Batch.Length);
            return true;
        }

        (Expected, Found) = rest.Length < BatchHeader.Size ? (0, 0)
            : (BatchHeader.ExpectedOf(rest), BatchHeader.ChecksumOf(rest, _seed, Offset));
        (Kind, Batch) = (ScanKind.BadBatch, default);
        _next = _batchEnd = NextBatch(Offset + RecordHeader.Alignment);
        return true;
    }

    private bool MoveToRecord()
    {
        var rest = bytes.Span[Math.Min(Offset, bytes.Length)..];
        if (rest.Length < RecordHeader.Size)
        {
            return MoveOverBadRecord(0, 0);
        }

        if (isChecked && RecordHeader.ChecksumOf(rest, _seed, Offset) is var found && found != RecordHeader.ExpectedOf(rest))
        {
            return MoveOverBadRecord(RecordHeader.ExpectedOf(rest), found);
        }

        Record = RecordHeader.Read(rest);
        if (Record.Length < RecordHeader.Size || Offset + Record.PaddedLength > Math.Min(_batchEnd, bytes.Length))
        {
            return MoveOverBadRecord(0, 0);
        }

        (Kind, Expected, Found) = (ScanKind.Record, Record.BodyChecksum, Record.BodyChecksum);
        _next = (int)(Offset + Record.PaddedLength);
        if (isChecked)
        {
            Found = Crc32C.Of(rest[RecordHeader.Size..(int)Record.PaddedLength]);
            Kind = Found == Expected ? ScanKind.Record : ScanKind.BadBody;
        }

        return true;
    }

    // How long it is can no longer be told, so the rest of the batch is lost with it.
    private bool MoveOverBadRecord(uint expected, uint found)
    {
        (Kind, Record, Expected, Found) = (ScanKind.BadRecord, default, expected, found);
        _next = Math.Max(Offset, Math.Min(_batchEnd, bytes.Length));
        _batchEnd = _next;
        return true;
    }

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

/// <summary>What a scan finds.</summary>
internal enum ScanKind
{
    /// <summary>The header of a batch. Its records come after it.</summary>
    Batch,

    /// <summary>A record as it was written.</summary>
    Record,

    /// <summary>A record whose header is as it was written and whose body is not.</summary>
    BadBody,

    /// <summary>Where a record should be there is none, nor can any be read after it in the same batch.</summary>
    BadRecord,

    /// <summary>Where a batch should be there is none.</summary>
    BadBatch,
}
