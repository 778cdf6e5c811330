using System.Buffers.Binary;

using RaftActors.Codec;

namespace RaftActors.Storage.Log;

/// <summary>The beginning of a segment. Written once, before the file has its name.</summary>
/// <param name="Number">Also the file's name.</param>
/// <param name="Log">The log's identity, the same in all its segments.</param>
/// <param name="PreviousEnd">Where the segment before it ends; 0 in the first of all.</param>
/// <param name="Born">Up to here the file was synced before it got its name.</param>
internal readonly record struct SegmentHeader(long Number, Guid Log, long PreviousEnd, long Born)
{
    public const int Size = 64;

    /// <summary>
    /// Of the format of segments and of all that is in them. Version 2 added the founding roster (<see cref="RecordHeader.HasRoster"/>) and
    /// more than one recorded incarnation of a name.
    /// </summary>
    public const ushort Version = 2;

    private const ushort OldestVersion = 1;

    private const int ChecksumAt = 12;
    private const int AfterChecksum = 16;

    private static ReadOnlySpan<byte> Magic => "RaftLog\n"u8;

    /// <summary>An older version: this program reads the segment, and appends nothing to it.</summary>
    public bool IsOld { get; private init; }

    /// <summary>
    /// What the checksums of the headers in this segment begin with, so that a block of another log or segment is not taken for one of it.
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

    /// <summary>The name of a segment's file.</summary>
    public static string NameOf(long number) => $"{number:D10}.wal";

    /// <summary>The number of the segment with this name; null if it is no name of a segment.</summary>
    public static long? NumberOf(string name) =>
        name.EndsWith(".wal", StringComparison.Ordinal) && long.TryParse(name[..^4], out var number) && name == NameOf(number)
            ? number
            : null;

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], Size);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Number);
        Log.TryWriteBytes(bytes[24..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], PreviousEnd);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], Born);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumAt..], ChecksumOf(bytes[..Size]));
    }

    /// <param name="file">For messages.</param>
    /// <exception cref="StoreDamagedException">The header is not what was written.</exception>
    /// <exception cref="StoreException">It is no segment, or one of a newer format.</exception>
    public static SegmentHeader Read(ReadOnlySpan<byte> bytes, string file)
    {
        if (bytes.Length >= Size && !bytes.StartsWith(Magic) && bytes.IndexOfAnyExcept((byte)0) >= 0)
        {
            throw new StoreException($"{file} is no segment of a log. Move it away if it is another program's; if it was a segment, it is "
                + "damaged, and the process has to join its group as a new one.");
        }

        // Where these three stand, and what the checksum is of, is the same in every version to come.
        var size = bytes.Length >= Size ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]) : (ushort)0;
        if (size < AfterChecksum || size > bytes.Length)
        {
            throw new StoreDamagedException(new StoreDamage(file, 0, null, null, null, "the segment has no header"));
        }

        var (expected, found) = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]), ChecksumOf(bytes[..size]));
        if (expected != found)
        {
            throw new StoreDamagedException(
                new StoreDamage(file, 0, null, expected, found, "the segment's header is not what was written"));
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) is var version && version is < OldestVersion or > Version)
        {
            throw new StoreException($"{file} is of format {version}, and this program knows formats up to {Version}. Start the program "
                + "that wrote it, or a newer one.");
        }

        return new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            new Guid(bytes[24..40]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]))
        { IsOld = version != Version };
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> header) => Crc32C.Append(Crc32C.Of(header[..ChecksumAt]), header[AfterChecksum..]);
}
