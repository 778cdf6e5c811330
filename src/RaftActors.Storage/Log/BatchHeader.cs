using System.Buffers.Binary;

using RaftActors.Codec;

namespace RaftActors.Storage.Log;

/// <summary>What stands before the records that were written at one go.</summary>
/// <param name="Length">In bytes, with this header and all records.</param>
/// <param name="Records">How many; a batch of none is a seal.</param>
/// <param name="Synced">Up to here the segment was synced before this batch was written.</param>
/// <param name="Before">How many batches the log had before.</param>
internal readonly record struct BatchHeader(int Length, int Records, long Synced, long Before)
{
    public const int Size = 32;

    /// <summary>It only says what is durable.</summary>
    public bool IsSeal => Records == 0;

    private const uint Mark = 0x48435442; // "BTCH"

    /// <summary>How each header of a batch begins.</summary>
    public static ReadOnlySpan<byte> Magic => "BTCH"u8;

    /// <param name="seed">Of the segment.</param>
    /// <param name="offset">Where in the segment it stands.</param>
    public void Write(Span<byte> bytes, uint seed, long offset)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], Records);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Synced);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Before);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], ChecksumOf(bytes, seed, offset));
    }

    /// <summary>Reads it as it stands.</summary>
    public static BatchHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));

    /// <summary>Whether a header of a batch stands here, as it was written.</summary>
    public static bool Stands(ReadOnlySpan<byte> bytes, uint seed, long offset) =>
        bytes.Length >= Size
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Mark
        && ExpectedOf(bytes) == ChecksumOf(bytes, seed, offset);

    /// <summary>The checksum that stands there.</summary>
    public static uint ExpectedOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);

    /// <summary>The checksum of what stands there.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> bytes, uint seed, long offset) =>
        Crc32C.Append(Crc32C.Append(seed, (ulong)offset), bytes[8..Size]);
}
