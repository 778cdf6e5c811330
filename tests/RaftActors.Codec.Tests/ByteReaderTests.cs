namespace RaftActors.Codec.Tests;

public sealed class ByteReaderTests
{
    [Fact]
    public void Values_are_read_in_the_order_in_which_they_were_written()
    {
        var writer = new ByteWriter();
        writer.Text("key1");
        writer.Number(42);

        var reader = new ByteReader(writer.Written);
        var (key, number) = (reader.Text(), reader.Number());
        reader.End();

        Assert.Equal(("key1", 42), (key, number));
    }

    [Theory]
    [InlineData(new byte[] { 3, 65, 66 }, "Cannot decode 3 bytes: at byte 1, 3 bytes are announced.")]
    [InlineData(new byte[] { 1, 65, 66 }, "Cannot decode 3 bytes: at byte 2, 1 bytes remain.")]
    [InlineData(new byte[] { 1, 0xFF }, "A text is not UTF-8.")]
    public void Bytes_that_no_writer_wrote_are_refused_with_the_place_and_the_reason(byte[] bytes, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            var reader = new ByteReader(bytes);
            reader.Text();
            reader.End();
        });

        Assert.Equal(reason, error.Message);
    }
}
