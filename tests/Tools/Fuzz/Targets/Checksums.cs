using RaftActors.Storage.Log;
using RaftActors.Storage.Snapshots;

namespace RaftActors.Fuzz.Targets;

/// <summary>Makes the checksums of a mutated segment or snapshot right, so that the fields behind them are read.</summary>
internal static class Checksums
{
    private const int SegmentChecksumAt = 12;
    private const int SegmentAfterChecksum = 16;

    /// <param name="name">The name of the file, which says its format.</param>
    public static void Mend(string name, byte[] file)
    {
        if (name.EndsWith(".wal", StringComparison.Ordinal))
        {
            MendSegment(file);
        }
        else
        {
            MendSnapshot(file);
        }
    }

    public static void MendSegment(Span<byte> file)
    {
        if (file.Length < SegmentHeader.Size)
        {
            return;
        }

        var header = file[..SegmentHeader.Size];
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], SegmentHeader.Size);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[SegmentChecksumAt..], Crc32C.Append(Crc32C.Of(header[..SegmentChecksumAt]), header[SegmentAfterChecksum..]));
        var number = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        var seed = new SegmentHeader(number, new Guid(header[24..40]), 0, 0).Seed;
        for (var at = SegmentHeader.Size; at + BatchHeader.Size <= file.Length;)
        {
            var batch = file[at..];
            if (!batch.StartsWith(BatchHeader.Magic))
            {
                return;
            }

            var length = BatchHeader.Read(batch).Length;
            MendRecords(file[..Math.Clamp((int)Math.Min((long)at + length, file.Length), at, file.Length)], at + BatchHeader.Size, seed);
            BinaryPrimitives.WriteUInt32LittleEndian(batch[4..], BatchHeader.ChecksumOf(batch, seed, at));
            at += length is >= BatchHeader.Size and <= 1 << 20 ? length : file.Length;
        }
    }

    public static void MendSnapshot(Span<byte> file)
    {
        if (file.Length < SnapshotFormat.HeaderSize)
        {
            return;
        }

        var (state, description) = (SnapshotFormat.StateLengthOf(file), SnapshotFormat.DescriptionLengthOf(file));
        var rest = file.Length - SnapshotFormat.HeaderSize;
        if (state < 0 || state > rest || description > rest - state)
        {
            return;
        }

        var begin = SnapshotFormat.HeaderSize + (int)state;
        byte[] head = [.. file[..SnapshotFormat.HeaderSize], .. file.Slice(begin, (int)description)];
        BinaryPrimitives.WriteUInt32LittleEndian(file[12..], SnapshotFormat.ChecksumOf(head));
        var checksums = file[(begin + (int)description)..];
        if (state > 0 && checksums.Length >= SnapshotFormat.ChecksumSize)
        {
            var block = file.Slice(SnapshotFormat.HeaderSize, (int)Math.Min(state, SnapshotFormat.BlockSize));
            var seed = SnapshotFormat.SeedOf(SnapshotFormat.FileSeedIn(file), 0);
            BinaryPrimitives.WriteUInt32LittleEndian(checksums, Crc32C.Append(seed, block));
        }
    }

    private static void MendRecords(Span<byte> file, int at, uint seed)
    {
        while (at + RecordHeader.Size <= file.Length)
        {
            var record = file[at..];
            var padded = RecordHeader.Read(record).PaddedLength;
            if (padded >= RecordHeader.Size && padded <= record.Length)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C.Of(record[RecordHeader.Size..(int)padded]));
            }

            BinaryPrimitives.WriteUInt32LittleEndian(record, RecordHeader.ChecksumOf(record, seed, at));
            at += padded is >= RecordHeader.Size and <= 1 << 20 ? (int)padded : file.Length;
        }
    }
}
