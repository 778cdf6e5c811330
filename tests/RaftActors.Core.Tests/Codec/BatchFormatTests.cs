namespace RaftActors.Core.Tests.Codec;

/// <summary>The bytes of batches in logs and messages. A batch that was read can be taken apart, whatever was sent.</summary>
public sealed class BatchFormatTests
{
    private const string Origin = "0361406101000000000000000000000000000000";
    private const string KeyOne = "11000000000000000000000000000001";

    private static readonly Member One = new(new ProcessName("a@a"), new Incarnation(new Guid(1, 0, 0, new byte[8])));

    [Theory]
    [InlineData(null, "06" + Origin + "07")]
    [InlineData(KeyOne, "07" + Origin + "07" + KeyOne)]
    public void Batch_has_its_number_of_pairs_in_place_of_a_key(string? requestKey, string start)
    {
        var value = PairBatch.Encode([("k", new byte[] { 9 }), ("", default)]);
        Assert.Equal("016B" + "0109" + "00" + "00", Convert.ToHexString(value));
        var request = new RequestId(One, 7);
        var pair = requestKey is null
            ? new Payload.Pair(request, "", value) { Count = 2 }
            : new Payload.KeyedPair(new RequestKeyHash(new Guid(Convert.FromHexString(KeyOne))), request, "", value) { Count = 2 };
        var writer = new ByteWriter();

        EntryFormat.WriteEntries(writer, [new LogEntry(new LogIndex(5), new Term(3), new Serial(2), pair)]);

        // Number of entries, index, term, serial and time come before.
        Assert.Equal("01" + "050302" + "00" + start + "02" + "06" + "016B01090000", Convert.ToHexString(writer.Written));
        var read = Read(Convert.ToHexString(writer.Written));
        Assert.Equal((2, request, requestKey is not null), (read.Count, read.Request!.Value, read.RequestKey is not null));
        Assert.Equal(["k", ""], PairBatch.Decode(read.Count, read.Value).Select(each => each.Key));
    }

    // One pair too few, one too many, none, a negative number, and more than any batch has.
    [Theory]
    [InlineData("01")]
    [InlineData("03")]
    [InlineData("00")]
    [InlineData("FFFFFFFFFFFFFFFFFF01")]
    [InlineData("8108")]
    public void Batch_with_another_number_of_pairs_than_its_bytes_have_is_refused(string count) =>
        Assert.Throws<InvalidDataException>(() => Read("01" + "050302" + "00" + "06" + Origin + "07" + count + "06" + "016B01090000"));

    [Fact]
    public void Largest_batch_is_read_back()
    {
        var value = PairBatch.Encode([.. Enumerable.Range(0, PairBatch.Max).Select(i => ($"{i}", ReadOnlyMemory<byte>.Empty))]);

        Assert.Equal($"{PairBatch.Max - 1}", PairBatch.Decode(PairBatch.Max, value)[^1].Key);
    }

    // The same bytes under one empty key, and as a batch.
    [Fact]
    public void Hash_of_a_log_tells_a_batch_from_a_pair_with_its_bytes()
    {
        var value = PairBatch.Encode([("a", default), ("b", default)]);
        ulong HashOf(int count) => PrefixHash.Extend(
            1, new LogEntry(new LogIndex(1), new Term(1), new Serial(2), new Payload.Pair(null, "", value) { Count = count }));

        Assert.NotEqual(HashOf(1), HashOf(2));
    }

    private static LogEntry Read(string bytes)
    {
        var reader = new ByteReader(Convert.FromHexString(bytes));
        var entry = EntryFormat.ReadEntries(ref reader)[0];
        reader.End();
        return entry;
    }
}
