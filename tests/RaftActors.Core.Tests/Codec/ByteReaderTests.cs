namespace RaftActors.Core.Tests.Codec;

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

    [Theory]
    [InlineData(1, -1L)]
    [InlineData(2, null)]
    public void Number_has_64_bits_at_most(byte last, long? number)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0xFF, 9), last];

        if (number is null)
        {
            Assert.Throws<InvalidDataException>(() => new ByteReader(bytes).Number());
        }
        else
        {
            Assert.Equal(number, new ByteReader(bytes).Number());
        }
    }

    [Fact]
    public void Writer_that_had_to_be_large_gives_its_memory_back()
    {
        var writer = new ByteWriter();
        writer.Text(new string('x', 1_000_000));

        writer.Clear(keptSizeMax: 1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        writer.Text("small");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 10_000);
    }

    [Fact]
    public void Value_of_kept_bytes_is_a_view_of_them_and_another_value_is_a_copy()
    {
        byte[] bytes = [2, 65, 66];

        var kept = ByteReader.OfKept(bytes).Value();
        var copied = new ByteReader(bytes).Value();
        bytes[1] = 67;

        Assert.Equal((67, 65), (kept.Span[0], copied.Span[0]));
    }

    [Fact]
    public void Names_are_read_correctly_however_many_and_in_whatever_order()
    {
        ProcessName[] names = [.. Enumerable.Range(0, 500).Select(number => new ProcessName($"raft{number}@node{number % 7}"))];
        var writer = new ByteWriter();
        foreach (var name in names.Concat(names.Reverse()))
        {
            writer.Text(name.Value);
        }

        var reader = new ByteReader(writer.Written);
        List<ProcessName> read = [];
        for (var i = 0; i < 2 * names.Length; i++)
        {
            read.Add(reader.Name());
        }

        Assert.Equal(names.Concat(names.Reverse()), read);
    }

    [Fact]
    public void Second_reading_of_a_name_makes_no_garbage()
    {
        var writer = new ByteWriter();
        writer.Text("raft1@node1@localhost");
        new ByteReader(writer.Written).Name();

        var before = GC.GetAllocatedBytesForCurrentThread();
        new ByteReader(writer.Written).Name();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
