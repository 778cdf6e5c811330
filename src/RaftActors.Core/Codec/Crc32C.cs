using System.Buffers.Binary;
using System.Numerics;

namespace RaftActors.Core.Codec;

/// <summary>The checksum CRC-32C (Castagnoli). Uses the processor's own instruction where there is one.</summary>
internal static class Crc32C
{
    /// <summary>Computes the checksum of some bytes. For <c>123456789</c> it is <c>e3069283</c>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>Computes the checksum of the bytes behind <paramref name="checksum"/>, followed by these bytes.</summary>
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

    /// <summary>Does the same for the 8 bytes of a number, little-endian.</summary>
    public static uint Append(uint checksum, ulong number) => ~BitOperations.Crc32C(~checksum, number);
}
