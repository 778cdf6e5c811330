using System.Buffers.Binary;

using RaftActors.Codec;

namespace RaftActors.Storage.Log;

/// <summary>What stands before each record.</summary>
/// <param name="BodyChecksum">Of the body, with the zeros after it up to a multiple of 8.</param>
/// <param name="Length">In bytes, with this header, and without those zeros.</param>
/// <param name="Type">What it is.</param>
/// <param name="Flags"><see cref="HasRequest"/> of a pair, <see cref="HasRoster"/> of a hard state.</param>
/// <param name="Slot">Whose it is.</param>
/// <param name="Index">Of an entry or position; otherwise 0. The same for the two after it.</param>
/// <param name="Term">Of an entry or position; of a hard state its term.</param>
/// <param name="Serial">Of an entry or position.</param>
internal readonly record struct RecordHeader(
    uint BodyChecksum, int Length, RecordType Type, byte Flags, ushort Slot, long Index, long Term, long Serial)
{
    public const int Size = 40;

    /// <summary>A pair that bears its request.</summary>
    public const byte HasRequest = 1;

    /// <summary>A hard state that bears the founding roster. Only in segments of version 2 or later.</summary>
    public const byte HasRoster = 1;

    /// <summary>In bytes, without the zeros after it.</summary>
    public int BodyLength => Length - Size;

    /// <summary>Up to the next record.</summary>
    public long PaddedLength => Padded(Length);

    /// <summary>Everything is aligned to so many bytes.</summary>
    public const int Alignment = 8;

    public static long Padded(long length) => (length + Alignment - 1) & ~(Alignment - 1L);

    /// <param name="seed">Of the segment.</param>
    /// <param name="offset">Where in the segment it stands.</param>
    public void Write(Span<byte> bytes, uint seed, long offset)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], BodyChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Length);
        bytes[12] = (byte)Type;
        bytes[13] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], Slot);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Term);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], Serial);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ChecksumOf(bytes, seed, offset));
    }

    /// <summary>Reads it as it stands.</summary>
    public static RecordHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
        (RecordType)bytes[12],
        bytes[13],
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));

    /// <summary>The checksum that stands there.</summary>
    public static uint ExpectedOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>The checksum of what stands there.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> bytes, uint seed, long offset) =>
        Crc32C.Append(Crc32C.Append(seed, (ulong)offset), bytes[4..Size]);
}
