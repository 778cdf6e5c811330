using System.Buffers.Binary;

using RaftActors.Core.Codec;

namespace RaftActors.Storage.Log;

/// <summary>The header of a segment. It is written once, before the file gets its name.</summary>
/// <param name="Number">The number in the name of the file, from 1.</param>
/// <param name="Log">The identity of the log, the same in all its segments.</param>
/// <param name="PreviousEnd">The offset at which the segment before it ends. 0 in segment 1.</param>
/// <param name="Born">The offset up to which the file was synced before it got its name.</param>
internal readonly record struct SegmentHeader(long Number, Guid Log, long PreviousEnd, long Born)
{
    public const int Size = 64;

    /// <summary>
    /// The format level of the records, at least that of each entry. So a program that does not know the level refuses the segment,
    /// instead of calling it damaged.
    /// </summary>
    public byte Level { get; init; } = FormatRange.Own.Lowest;

    private const int ChecksumAt = 12;
    private const int AfterChecksum = 16;

    private static ReadOnlySpan<byte> Magic => "RaftLog\n"u8;

    /// <summary>
    /// The seed of the checksums of all headers in this segment. It differs for each log and segment, so a misplaced block is detected.
    /// </summary>
    public uint Seed
    {
        get
        {
            Span<byte> identity = stackalloc byte[16];
            Log.TryWriteBytes(identity);
            return Crc32C.Append(Crc32C.Of(identity), (ulong)Number);
        }
    }

    public static string NameOf(long number) => $"{number:D10}.wal";

    /// <summary>Returns the number in a file name, or null if it is not the name of a segment.</summary>
    public static long? NumberOf(string name) =>
        name.EndsWith(".wal", StringComparison.Ordinal) && long.TryParse(name[..^4], out var number) && name == NameOf(number)
            ? number
            : null;

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], Level);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], Size);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Number);
        Log.TryWriteBytes(bytes[24..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], PreviousEnd);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], Born);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumAt..], ChecksumOf(bytes[..Size]));
    }

    /// <summary>Decodes and checks a header.</summary>
    /// <param name="bytes">The first bytes of the file.</param>
    /// <param name="file">The path, for messages.</param>
    /// <exception cref="StoreDamagedException">The header is damaged.</exception>
    /// <exception cref="StoreException">The file is not a segment, or has a level that this program does not read.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length >= Size && !bytes.StartsWith(Magic) && bytes.IndexOfAnyExcept((byte)0) >= 0)
        {
            throw new StoreException($"{file} is not a segment of a log. If another program wrote it, move it away. If it was a segment, "
                + "put a good copy back. Without one, move the directory away and start its processes again: they rejoin their groups by "
                + "themselves.");
        }

        // Magic, level, size and checksum keep their places and meaning in every later version.
        var size = bytes.Length >= Size ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]) : (ushort)0;
        if (size < AfterChecksum || size > bytes.Length)
        {
            throw new StoreDamagedException(new StoreDamage(file, 0, null, null, "the segment has no header"));
        }

        var (expected, found) = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]), ChecksumOf(bytes[..size]));
        if (expected != found)
        {
            throw new StoreDamagedException(
                new StoreDamage(file, 0, null, new ChecksumMismatch(expected, found), "the segment's header is not what was written"));
        }

        var level = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        StoreException.DemandLevel(level, file);
        var header = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            new Guid(bytes[24..40]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]))
        {
            Level = (byte)level,
        };
        return IsEnd(header.PreviousEnd) && IsEnd(header.Born)
            ? header
            : throw new StoreDamagedException(new StoreDamage(file, 0, null, null, "the segment's header has impossible sizes"));
    }

    private static bool IsEnd(long offset) => offset is 0 or (>= Size and <= int.MaxValue);

    private static uint ChecksumOf(ReadOnlySpan<byte> header) => Crc32C.Append(Crc32C.Of(header[..ChecksumAt]), header[AfterChecksum..]);
}
