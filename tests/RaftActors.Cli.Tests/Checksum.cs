namespace RaftActors.Cli.Tests;

/// <summary>CRC-32C, bit by bit, so that a test can make a header that is right by the format's own word.</summary>
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
