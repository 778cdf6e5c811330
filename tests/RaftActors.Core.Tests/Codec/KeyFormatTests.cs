namespace RaftActors.Core.Tests.Codec;

/// <summary>The bytes of request keys. Log, snapshots and messages without a key have those of earlier versions.</summary>
public sealed class KeyFormatTests
{
    private const string KeyOne = "11000000000000000000000000000001";
    private const string KeyTwo = "22000000000000000000000000000002";
    private const string Origin = "0361406101000000000000000000000000000000";

    private static readonly Member One = new(new ProcessName("a@a"), new Incarnation(new Guid(1, 0, 0, new byte[8])));

    [Fact]
    public void Entry_with_a_request_key_is_of_another_kind_than_one_without()
    {
        var request = new RequestId(One, 7);
        ReadOnlyMemory<byte> value = new byte[] { 9 };

        // Number of entries, index, term, serial, time, kind. Then the request, the request key, the key and the value.
        Assert.Equal("01" + "050302" + "00" + "03" + Origin + "07" + "016B" + "0109", Write(new Payload.Pair(request, "k", value)));
        Assert.Equal(
            "01" + "050302" + "00" + "04" + Origin + "07" + KeyOne + "016B" + "0109",
            Write(new Payload.KeyedPair(Key(KeyOne), request, "k", value)));
    }

    [Fact]
    public void Entry_with_a_request_key_is_read_back()
    {
        var reader = new ByteReader(Convert.FromHexString("01" + "050302" + "00" + "04" + Origin + "07" + KeyOne + "016B" + "0109"));

        var pair = Assert.IsType<Payload.KeyedPair>(EntryFormat.ReadEntries(ref reader)[0].Payload);
        reader.End();

        Assert.Equal((Key(KeyOne), new RequestId(One, 7), "k"), (pair.RequestKey, pair.Request, pair.Key));
        Assert.Equal([9], pair.Value.ToArray());
    }

    [Fact]
    public void Keys_of_a_snapshot_take_18_bytes_each_if_their_pairs_are_consecutive()
    {
        var bytes = "02" + KeyOne + "14" + "10" + KeyTwo + "02" + "02"; // Each number is twice the difference to the one before.
        ImmutableArray<CommittedKey> keys = [Committed(KeyOne, 10, 8), Committed(KeyTwo, 11, 9)];
        var writer = new ByteWriter();

        EntryFormat.WriteKeys(writer, keys);

        Assert.Equal(bytes, Convert.ToHexString(writer.Written));
        Assert.Equal<IEnumerable<CommittedKey>>(keys, Read(writer.ToArray()));
    }

    [Theory]
    [InlineData(10, 8, 10, 9)]
    [InlineData(10, 8, 11, 8)]
    [InlineData(10, 8, 9, 9)]
    [InlineData(0, 1, 1, 2)]
    public void Keys_out_of_the_order_of_their_commits_are_refused(long index, long serial, long nextIndex, long nextSerial)
    {
        var writer = new ByteWriter();
        EntryFormat.WriteKeys(writer, [Committed(KeyOne, index, serial), Committed(KeyTwo, nextIndex, nextSerial)]);

        Assert.Throws<InvalidDataException>(() => Read(writer.ToArray()));
    }

    [Fact]
    public void Too_many_keys_are_refused()
    {
        var writer = new ByteWriter();
        EntryFormat.WriteKeys(writer, [.. Enumerable.Range(1, KeyTable.MaxKeys + 1).Select(i => Committed(KeyOne, i, i))]);

        Assert.Throws<InvalidDataException>(() => Read(writer.ToArray()));
    }

    private static RequestKeyHash Key(string hex) => new(new Guid(Convert.FromHexString(hex)));

    private static CommittedKey Committed(string hex, long index, long serial) => new(Key(hex), new LogIndex(index), new Serial(serial));

    private static string Write(Payload payload)
    {
        var writer = new ByteWriter();
        EntryFormat.WriteEntries(writer, [new LogEntry(new LogIndex(5), new Term(3), new Serial(2), payload)]);
        return Convert.ToHexString(writer.Written);
    }

    private static ImmutableArray<CommittedKey> Read(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        var keys = EntryFormat.ReadKeys(ref reader);
        reader.End();
        return keys;
    }
}
