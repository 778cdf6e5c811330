namespace RaftActors.Core.Tests.Codec;

public sealed class Crc32CTests
{
    // The vectors of RFC 3720, B.4, and the customary check value.
    [Fact]
    public void Checksum_of_known_bytes_is_the_published_one()
    {
        var rising = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Of(rising));
        Assert.Equal(0x113FDB5Cu, Crc32C.Of(rising.Reverse().ToArray()));
    }

    [Fact]
    public void Checksum_of_pieces_is_that_of_the_whole()
    {
        var bytes = Enumerable.Range(0, 67).Select(i => (byte)(i * 37)).ToArray();

        Assert.All(Enumerable.Range(0, bytes.Length + 1), cut =>
            Assert.Equal(Crc32C.Of(bytes), Crc32C.Append(Crc32C.Of(bytes.AsSpan(..cut)), bytes.AsSpan(cut..))));
    }
}
