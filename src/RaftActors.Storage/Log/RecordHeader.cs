using System.Buffers.Binary;

using RaftActors.Core.Codec;

namespace RaftActors.Storage.Log;

/// <summary>The header before the body of each record.</summary>
/// <param name="BodyChecksum">The checksum of the body and its padding, which are zeros up to a multiple of 8.</param>
/// <param name="Length">In bytes, with this header, without the padding.</param>
/// <param name="Slot">The process to which the record belongs.</param>
/// <param name="Index">Of an entry or a position. 0 in an owner record and a hard state.</param>
/// <param name="Term">Of an entry, a position or a hard state. 0 in an owner record.</param>
/// <param name="Serial">Of an entry or a position. 0 in an owner record and a hard state.</param>
internal readonly record struct RecordHeader(
    uint BodyChecksum, int Length, RecordType Type, ushort Slot, long Index, long Term, long Serial)
{
    public const int Size = 40;

    /// <summary>In bytes, without the padding.</summary>
    public int BodyLength => Length - Size;

    /// <summary>In bytes, up to the next record.</summary>
    public long PaddedLength => Padded(Length);

    /// <summary>Batches and records begin at multiples of this number of bytes.</summary>
    public const int Alignment = 8;

    public static long Padded(long length) => (length + Alignment - 1) & ~(Alignment - 1L);

    /// <param name="seed">The seed of the segment's checksums.</param>
    /// <param name="offset">The offset of the header in the segment.</param>
    public void Write(Span<byte> bytes, uint seed, long offset)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], BodyChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Length);
        bytes[12] = (byte)Type;
        bytes[13] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], Slot);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Index);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Term);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], Serial);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ChecksumOf(bytes, seed, offset));
    }

    /// <summary>Decodes a header without a check.</summary>
    public static RecordHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
        (RecordType)bytes[12],
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));

    public static uint ExpectedOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public static uint ChecksumOf(ReadOnlySpan<byte> bytes, uint seed, long offset) =>
        Crc32C.Append(Crc32C.Append(seed, (ulong)offset), bytes[4..Size]);
}
