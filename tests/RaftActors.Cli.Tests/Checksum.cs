namespace RaftActors.Cli.Tests;

/// <summary>Computes CRC-32C, so that a test can write a valid header.</summary>
internal static class Checksum
{
    private const uint Reflected = 0x82F63B78;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var octet in bytes)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Reflected;
            }
        }

        return ~crc;
    }
}
