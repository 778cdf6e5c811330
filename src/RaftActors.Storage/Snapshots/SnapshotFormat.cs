using System.Buffers.Binary;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Snapshots;

/// <summary>
/// The format of a snapshot file. Versions 1 and 2: header, description, checksums of the blocks, state. Version 3, for a state whose
/// length is known at its end only: header, state, description, checksums. The README has the table.
/// </summary>
internal static class SnapshotFormat
{
    public const int HeaderSize = 20;

    /// <summary>The size of a header of version 3. It ends with the seed of the blocks and the length of the state.</summary>
    public const int StreamedHeaderSize = 32;
    public const int BlockSize = 64 << 10;
    public const int ChecksumSize = sizeof(uint);

    /// <summary>The latest version of the format. Only streamed snapshots are written in it.</summary>
    public const int Version = Streamed;

    private const int WithoutKeys = 1;

    // The description ends with the request keys. A snapshot without keys is written in version 1.
    private const int WithKeys = 2;

    private const int Streamed = 3;

    private const int ChecksumOffset = 12;
    private const int LengthOffset = 16;
    private const int SeedOffset = 20;
    private const int StateLengthOffset = 24;

    public static ReadOnlySpan<byte> Magic => "RaftSnap"u8;

    /// <summary>Encodes header and description of a snapshot whose length is known before its state is written.</summary>
    public static byte[] Encode(StoreOwner owner, Snapshot snapshot)
    {
        var bytes = Encode(owner, snapshot, HeaderSize, snapshot.Keys.Keys.IsEmpty ? WithoutKeys : WithKeys);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), ChecksumOf(bytes));
        return bytes;
    }

    /// <summary>Encodes header and description of a streamed snapshot. The state is between them in the file.</summary>
    /// <param name="seed">The seed of the blocks (<see cref="StreamSeedOf"/>).</param>
    public static byte[] EncodeStreamed(StoreOwner owner, Snapshot snapshot, uint seed)
    {
        var bytes = Encode(owner, snapshot, StreamedHeaderSize, Streamed);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SeedOffset), seed);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(StateLengthOffset), snapshot.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumOffset), ChecksumOf(bytes));
        return bytes;
    }

    /// <summary>
    /// The seed of the blocks of a streamed snapshot: the checksum of its description without its length, which is not known yet. It
    /// differs for each position and process.
    /// </summary>
    public static uint StreamSeedOf(StoreOwner owner, Snapshot snapshot) =>
        Crc32C.Of(Encode(owner, snapshot with { Length = 0 }, StreamedHeaderSize, Streamed));

    /// <summary>True: the state follows the header.</summary>
    public static bool IsStreamed(ReadOnlySpan<byte> header) => VersionOf(header) == Streamed;

    /// <summary>The seed of the blocks in the header of a streamed snapshot.</summary>
    public static uint StreamSeedIn(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[SeedOffset..]);

    /// <summary>The length of the state in the header of a streamed snapshot.</summary>
    public static long StateLengthOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt64LittleEndian(header[StateLengthOffset..]);

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
    /// The seed of a block's checksum: the seed of the file, which differs for each position and process, and the number of the block. So
    /// an intact block of another file or place is detected.
    /// </summary>
    /// <param name="fileSeed">The checksum of the file, or the seed in the header of a streamed one.</param>
    public static uint SeedOf(uint fileSeed, long block)
    {
        Span<byte> place = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(place, fileSeed);
        BinaryPrimitives.WriteInt64LittleEndian(place[4..], block);
        return Crc32C.Of(place);
    }

    private static byte[] Encode(StoreOwner owner, Snapshot snapshot, int headerSize, int version)
    {
        var writer = new ByteWriter();
        Span<byte> header = stackalloc byte[StreamedHeaderSize];
        header.Clear();
        writer.Rest(header[..headerSize]);
        writer.Text(owner.Group);
        writer.Text(owner.Name.Value);
        EntryFormat.WriteSnapshot(writer, snapshot, hasKeys: version > WithoutKeys);
        var bytes = writer.ToArray();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), (ushort)headerSize);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthOffset), bytes.Length - headerSize);
        return bytes;
    }
}
