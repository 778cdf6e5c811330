using System.Buffers.Binary;

using RaftActors.Codec;
using RaftActors.Core;

namespace RaftActors.Storage.Snapshots;

/// <summary>The format of a snapshot file: header, description, checksums of the blocks, state. The README has the table.</summary>
internal static class SnapshotFormat
{
    public const int HeaderSize = 20;
    public const int BlockSize = 64 << 10;
    public const int ChecksumSize = sizeof(uint);

    /// <summary>
    /// The latest version of the format: its description ends with the request keys. A snapshot without keys is written in version 1.
    /// </summary>
    public const int Version = 2;

    private const int WithoutKeys = 1;

    private const int ChecksumOffset = 12;
    private const int LengthOffset = 16;

    public static ReadOnlySpan<byte> Magic => "RaftSnap"u8;

    /// <summary>Encodes header and description.</summary>
    public static byte[] Encode(StoreOwner owner, Snapshot snapshot)
    {
        var writer = new ByteWriter();
        Span<byte> header = stackalloc byte[HeaderSize];
        writer.Rest(header);
        writer.Text(owner.Group);
        writer.Text(owner.Name.Value);
        EntryFormat.WriteSnapshot(writer, snapshot);
        var bytes = writer.ToArray();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(snapshot.Keys.Keys.IsEmpty ? WithoutKeys : Version));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), HeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthOffset), bytes.Length - HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), ChecksumOf(bytes));
        return bytes;
    }

    public static int VersionOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);

    public static int HeaderSizeOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);

    /// <summary>The checksum in the header.</summary>
    public static uint StatedChecksum(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumOffset..]);

    /// <summary>The number of bytes of the description.</summary>
    public static uint DescriptionLengthOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[LengthOffset..]);

    /// <summary>The checksum of header and description, without the checksum itself.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> bytes) => Crc32C.Append(Crc32C.Of(bytes[..ChecksumOffset]), bytes[LengthOffset..]);

    /// <summary>Decodes the description.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a description.</exception>
    public static (string Group, string Name, Snapshot Snapshot) DecodeDescription(ReadOnlySpan<byte> bytes, int version)
    {
        var reader = new ByteReader(bytes);
        var description = (reader.Text(), reader.Text(), EntryFormat.ReadSnapshot(ref reader, hasKeys: version > WithoutKeys));
        reader.End();
        return description;
    }

    public static long BlocksOf(long stateLength) => (stateLength / BlockSize) + (stateLength % BlockSize > 0 ? 1 : 0);

    /// <summary>
    /// The seed of a block's checksum: the checksum of the file, which differs for each position and process, and the number of the
    /// block. So an intact block of another file or place is detected.
    /// </summary>
    public static uint SeedOf(uint fileChecksum, long block)
    {
        Span<byte> place = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(place, fileChecksum);
        BinaryPrimitives.WriteInt64LittleEndian(place[4..], block);
        return Crc32C.Of(place);
    }
}
