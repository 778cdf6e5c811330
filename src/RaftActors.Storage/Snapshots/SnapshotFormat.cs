using System.Buffers.Binary;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// The format of a snapshot file: header, state, description, checksums of the blocks. The state comes first, because the length of a
/// streamed state is known only at its end. The README has the table.
/// </summary>
internal static class SnapshotFormat
{
    public const int HeaderSize = 32;
    public const int BlockSize = 64 << 10;
    public const int ChecksumSize = sizeof(uint);

    private const int ChecksumOffset = 12;
    private const int LengthOffset = 16;
    private const int SeedOffset = 20;
    private const int StateLengthOffset = 24;

    public static ReadOnlySpan<byte> Magic => "RaftSnap"u8;

    /// <summary>Encodes header and description. The state is between them in the file.</summary>
    public static byte[] Encode(StoreOwner owner, Snapshot snapshot, uint seed)
    {
        var writer = new ByteWriter();
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        writer.Rest(header);
        writer.Text(owner.Group);
        writer.Text(owner.Name.Value);
        EntryFormat.WriteSnapshot(writer, snapshot);
        var bytes = writer.ToArray();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), snapshot.Configuration.Version.Format);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), HeaderSize);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthOffset), bytes.Length - HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SeedOffset), seed);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(StateLengthOffset), snapshot.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), ChecksumOf(bytes));
        return bytes;
    }

    /// <summary>
    /// Returns the seed of the blocks of a file: the checksum of its header and description without the length of the state, which may not
    /// be known yet. It differs for each position and process.
    /// </summary>
    public static uint FileSeedOf(StoreOwner owner, Snapshot snapshot) => Crc32C.Of(Encode(owner, snapshot with { Length = 0 }, seed: 0));

    public static uint FileSeedIn(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[SeedOffset..]);

    public static long StateLengthOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt64LittleEndian(header[StateLengthOffset..]);

    /// <summary>The format level in a header, which is that of the configuration in the description.</summary>
    public static int LevelOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);

    public static int HeaderSizeOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);

    public static uint StatedChecksum(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumOffset..]);

    public static uint DescriptionLengthOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[LengthOffset..]);

    /// <summary>The checksum of header and description, without the checksum itself.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> bytes) => Crc32C.Append(Crc32C.Of(bytes[..ChecksumOffset]), bytes[LengthOffset..]);

    /// <summary>Decodes the description.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a description.</exception>
    public static (string Group, string Name, Snapshot Snapshot) DecodeDescription(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var description = (reader.Text(), reader.Text(), EntryFormat.ReadSnapshot(ref reader));
        reader.End();
        return description;
    }

    public static long BlocksOf(long stateLength) => (stateLength / BlockSize) + (stateLength % BlockSize > 0 ? 1 : 0);

    /// <summary>
    /// Returns the seed of a block's checksum, from the seed of the file and the number of the block. So an intact block of another file
    /// or place is detected.
    /// </summary>
    public static uint SeedOf(uint fileSeed, long block)
    {
        Span<byte> place = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(place, fileSeed);
        BinaryPrimitives.WriteInt64LittleEndian(place[4..], block);
        return Crc32C.Of(place);
    }
}
