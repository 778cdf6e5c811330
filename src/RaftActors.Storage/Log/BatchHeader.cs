using System.Buffers.Binary;

using RaftActors.Core.Codec;

namespace RaftActors.Storage.Log;

/// <summary>The header before the records of one batch. A batch is written at once and counts as a whole or not at all.</summary>
/// <param name="Length">In bytes, with this header and all records.</param>
/// <param name="Records">A batch without records is a seal.</param>
/// <param name="Synced">The offset up to which the segment was synced before this batch was written.</param>
/// <param name="Before">The number of batches in the log before this one.</param>
internal readonly record struct BatchHeader(int Length, int Records, long Synced, long Before)
{
    public const int Size = 32;

    /// <summary>Tells whether the batch is a seal, which only records that all before it is durable.</summary>
    public bool IsSeal => Records == 0;

    // More batches than a disk can hold.
    private const long BeforeMax = 1L << 60;

    private const uint Mark = 0x48435442; // "BTCH"

    public static ReadOnlySpan<byte> Magic => "BTCH"u8;

    /// <param name="seed">The seed of the segment's checksums.</param>
    /// <param name="offset">The offset of the header in the segment.</param>
    public void Write(Span<byte> bytes, uint seed, long offset)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Records);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Synced);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Before);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], ChecksumOf(bytes, seed, offset));
    }

    /// <summary>Decodes a header without a check.</summary>
    public static BatchHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));

    /// <summary>
    /// Tells whether these bytes are an intact batch header at this offset. Impossible numbers are damage too, because a right checksum
    /// proves only that somebody computed it.
    /// </summary>
    public static bool Stands(ReadOnlySpan<byte> bytes, uint seed, long offset) =>
        bytes.Length >= Size
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Mark
        && ExpectedOf(bytes) == ChecksumOf(bytes, seed, offset)
        && Read(bytes).IsPossibleAt(offset);

    private bool IsPossibleAt(long offset) =>
        Length >= Size
        && Length % RecordHeader.Alignment == 0
        && Records >= 0
        && Synced >= 0 && Synced <= offset
        && Before is >= 0 and < BeforeMax;

    public static uint ExpectedOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);

    public static uint ChecksumOf(ReadOnlySpan<byte> bytes, uint seed, long offset) =>
        Crc32C.Append(Crc32C.Append(seed, (ulong)offset), bytes[8..Size]);
}
