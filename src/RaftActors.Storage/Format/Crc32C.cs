using System.Buffers.Binary;
using System.Numerics;

namespace RaftActors.Storage.Format;

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where it has one.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of these bytes; of <c>123456789</c> it is <c>e3069283</c>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="checksum"/> is of, and these bytes after it.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var rest = ~checksum;
        while (bytes.Length >= sizeof(ulong))
        {
            rest = BitOperations.Crc32C(rest, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var octet in bytes)
        {
            rest = BitOperations.Crc32C(rest, octet);
        }

        return ~rest;
    }

    /// <summary>The same for a number of 8 bytes.</summary>
    public static uint Append(uint checksum, ulong number) => ~BitOperations.Crc32C(~checksum, number);
}
