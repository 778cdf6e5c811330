using System.Buffers.Binary;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Backups;

/// <summary>
/// The format of a backup file: a header, then records. A record has its length, a checksum over its place and content, and its kind. The
/// last record is <see cref="BackupRecord.End"/>, so a file that was cut off is detected. The README has the table.
/// </summary>
internal static class BackupFormat
{
    public const int HeaderSize = 10;
    public const int FrameSize = 8;

    private const byte Head = 1;
    private const byte Image = 2;
    private const byte Log = 3;
    private const byte End = 4;

    /// <summary>Larger records are damage. One pair of any size fits.</summary>
    public const int RecordSizeMax = 1 << 30;

    private static ReadOnlySpan<byte> Magic => "RaftBack"u8;

    /// <param name="level">The format level of the group in the backup.</param>
    public static byte[] Header(byte level)
    {
        var header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), level);
        return header;
    }

    /// <exception cref="StoreException">The file is no backup, or has a level that this program does not read.</exception>
    public static void DemandHeader(ReadOnlySpan<byte> header, string path)
    {
        if (!header.StartsWith(Magic))
        {
            throw new StoreException($"{path} is no backup: it does not begin with the magic of one. Name a file of 'raft backup'.");
        }

        StoreException.DemandLevel(BinaryPrimitives.ReadUInt16LittleEndian(header[8..]), path);
    }

    /// <summary>Encodes a record with its frame.</summary>
    /// <param name="place">The offset of the frame in the file.</param>
    public static byte[] Encode(BackupRecord record, long place)
    {
        var writer = new ByteWriter();
        writer.Room(FrameSize);
        Write(writer, record);
        var bytes = writer.ToArray();
        var content = bytes.AsSpan(FrameSize);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), ChecksumOf(content, place));
        return bytes;
    }

    public static (long Length, uint Checksum) ReadFrame(ReadOnlySpan<byte> frame) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(frame), BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]));

    /// <summary>A record at another place has another checksum, so records that were moved or repeated are detected.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> content, long place)
    {
        Span<byte> seed = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seed, place);
        return Crc32C.Append(Crc32C.Of(seed), content);
    }

    /// <exception cref="InvalidDataException">The bytes are no record.</exception>
    public static BackupRecord Decode(ReadOnlyMemory<byte> content)
    {
        var reader = ByteReader.OfKept(content);
        BackupRecord record = reader.Octet() switch
        {
            Head => ReadHead(ref reader),
            Image => new BackupRecord.Image(reader.Value()),
            Log => new BackupRecord.Log(EntryFormat.ReadEntries(ref reader)),
            End => new BackupRecord.End(EntryFormat.ReadPosition(ref reader)),
            var kind => throw reader.Damaged($"{kind} is no kind of record"),
        };
        reader.End();
        return record;
    }

    private static void Write(ByteWriter writer, BackupRecord record)
    {
        switch (record)
        {
            case BackupRecord.Head head:
                writer.Octet(Head);
                writer.Text(head.Group);
                writer.Identity(head.Uid.Value);
                writer.Text(head.Process.Value);
                writer.Number(head.At.ToUnixTimeMilliseconds());
                writer.Flag(head.IsIncremental);
                EntryFormat.WritePosition(writer, head.After);
                writer.Number(head.DescriptionLength);
                writer.Number(head.StateLength);
                break;
            case BackupRecord.Image image:
                writer.Octet(Image);
                writer.Bytes(image.Bytes.Span);
                break;
            case BackupRecord.Log log:
                writer.Octet(Log);
                EntryFormat.WriteEntries(writer, log.Entries);
                break;
            case BackupRecord.End end:
                writer.Octet(End);
                EntryFormat.WritePosition(writer, end.Position);
                break;
        }
    }

    private static BackupRecord.Head ReadHead(ref ByteReader reader) => new(
        reader.Text(),
        new GroupUid(reader.Identity()),
        reader.Name(),
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(reader.Count(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())),
        reader.Flag(),
        EntryFormat.ReadPosition(ref reader),
        reader.Count(),
        reader.Count());
}

/// <summary>A record of a backup file. Closed.</summary>
internal abstract record BackupRecord
{
    private BackupRecord()
    {
    }

    /// <summary>The first record.</summary>
    /// <param name="Process">The process that the content came from.</param>
    /// <param name="At">The time at which the backup began, by the clock of the program that wrote it.</param>
    /// <param name="IsIncremental">The file continues another one, and has no snapshot.</param>
    /// <param name="After">The position before the first entry: that of the snapshot, or of the end of the backup before.</param>
    /// <param name="DescriptionLength">Bytes of the description of the snapshot, which begin the image; 0: there is no snapshot.</param>
    /// <param name="StateLength">Bytes of the state of the application, which end the image.</param>
    public sealed record Head(
        string Group,
        GroupUid Uid,
        ProcessName Process,
        DateTimeOffset At,
        bool IsIncremental,
        LogPosition After,
        long DescriptionLength,
        long StateLength) : BackupRecord
    {
        public long ImageLength => DescriptionLength + StateLength;
    }

    /// <summary>The next bytes of the image.</summary>
    public sealed record Image(ReadOnlyMemory<byte> Bytes) : BackupRecord;

    /// <summary>The next entries of the log, all of them committed.</summary>
    public sealed record Log(LogSlice Entries) : BackupRecord;

    /// <summary>The last record.</summary>
    public sealed record End(LogPosition Position) : BackupRecord;
}
