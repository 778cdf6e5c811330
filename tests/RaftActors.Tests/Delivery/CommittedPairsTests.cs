namespace RaftActors.Tests.Delivery;

public sealed class CommittedPairsTests
{
    private readonly CommittedPairs _pairs = new();
    private readonly List<string> _reads = [];
    private LogIndex _base;
    private Action _onRead = () => { };

    // Index  1  2        3  4        5  6
    // Serial 1  1 (none) 2  2 (none) 3  3 (none)
    public CommittedPairsTests() => _pairs.Commit([Pair(1, 1), NoOp(2, 1), Pair(3, 2), NoOp(4, 2), Pair(5, 3), NoOp(6, 3)]);

    [Fact]
    public void Pair_is_found_by_its_serial()
    {
        Assert.Equal("key2", _pairs.Read(new Serial(2))?.Key);
        Assert.Null(_pairs.Read(Serial.Zero));
        Assert.Null(_pairs.Read(new Serial(4)));
        Assert.Equal(new Serial(3), _pairs.CommittedSerial);
    }

    [Fact]
    public void Pair_tells_whether_it_has_a_request_key()
    {
        var request = new RequestId(new Member(new ProcessName("raft1@node1"), Incarnation.None), 1);
        var keyed = new Payload.KeyedPair(new RequestKeyHash(Guid.NewGuid()), request, "key4", ReadOnlyMemory<byte>.Empty);
        _pairs.Commit([new LogEntry(new LogIndex(7), new Term(1), new Serial(4), keyed)]);

        Assert.Equal((false, true), (_pairs.Read(new Serial(3))!.Value.IsKeyed, _pairs.Read(new Serial(4))!.Value.IsKeyed));
    }

    [Theory]
    [InlineData(0, 10, "key1 key2 key3")]
    [InlineData(0, 2, "key1 key2")]
    [InlineData(1, 2, "key2 key3")]
    [InlineData(2, 10, "key3")]
    [InlineData(3, 10, "")]
    [InlineData(4, 10, "")]
    public void Pairs_after_a_serial_are_read_together(long serial, int limit, string keys) =>
        Assert.Equal(keys, string.Join(" ", ReadAfter(serial, limit).Select(pair => pair.Key)));

    [Fact]
    public void Pairs_after_a_serial_whose_successor_is_discarded_are_not_read()
    {
        _pairs.DiscardTo(new Serial(2), new LogIndex(4));

        Assert.Empty(ReadAfter(1, 10));
        Assert.Equal("key3", Assert.Single(ReadAfter(2, 10)).Key);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 6)]
    [InlineData(4, null)]
    public void Last_entry_of_a_serial_is_the_one_before_the_next_pair(long serial, int? index) =>
        Assert.Equal(index, _pairs.LastIndexOf(new Serial(serial))?.Value);

    [Fact]
    public void Discarded_pair_is_not_read()
    {
        _pairs.DiscardTo(new Serial(2), new LogIndex(4));
        _pairs.DiscardTo(new Serial(1), new LogIndex(2));

        Assert.Equal((new Serial(2), new Serial(3)), (_pairs.Base, _pairs.CommittedSerial));
        Assert.Null(_pairs.Read(new Serial(2)));
        Assert.Equal("key3", _pairs.Read(new Serial(3))?.Key);
        Assert.Null(_pairs.LastIndexOf(new Serial(1)));
        Assert.Equal(new LogIndex(4), _pairs.LastIndexOf(new Serial(2)));
    }

    [Fact]
    public void Pairs_go_on_after_a_snapshot()
    {
        _pairs.StartAfter(new LogPosition(new LogIndex(20), new Term(1), new Serial(10), 0));
        Assert.Equal((new Serial(10), new Serial(10)), (_pairs.Base, _pairs.CommittedSerial));
        Assert.Equal(new LogIndex(20), _pairs.LastIndexOf(new Serial(10)));

        _pairs.Commit([Pair(21, 11)]);

        Assert.Equal("key11", _pairs.Read(new Serial(11))?.Key);
        Assert.Null(_pairs.Read(new Serial(3)));
        Assert.Equal(new LogIndex(20), _pairs.LastIndexOf(new Serial(10)));
    }

    [Fact]
    public void Epoch_of_a_pair_is_that_of_the_latest_configuration_before_it()
    {
        Configuration configuration = new(GroupUid.None, 1, [], [], [], []);
        Configuration Of(long era, int logic) => configuration with { Era = era, Version = GroupVersion.Lowest with { Logic = logic } };
        LogEntry Begin(long index, long serial, long era, int logic) =>
            new(new LogIndex(index), new Term(1), new Serial(serial), new Payload.Reconfigure(Of(era, logic)));

        _pairs.StartAfter(new LogPosition(new LogIndex(20), new Term(1), new Serial(10), 0), Of(5, 1));
        _pairs.Commit([Pair(21, 11), Begin(22, 11, 9, 1), Begin(23, 11, 9, 2), Begin(24, 11, 9, 2), Pair(25, 12)]);

        Assert.Equal(
            [(5, 1), (9, 2), (9, 2)],
            new long[] { 11, 12, 13 }.Select(serial => _pairs.EpochOf(new Serial(serial))).Select(epoch => ((int)epoch.Era, epoch.Logic)));
        _pairs.StartAfter(new LogPosition(new LogIndex(30), new Term(1), new Serial(20), 0));
        Assert.Equal(PairEpoch.First, _pairs.EpochOf(new Serial(21)));
    }

    [Fact]
    public void Evicted_pair_is_read_from_the_store()
    {
        var pairs = NewEvicted(count: 1000, evictedTo: 600);

        Assert.Equal("key1", pairs.Read(new Serial(1))?.Key);
        Assert.Equal("key600", pairs.Read(new Serial(600))?.Key);
        Assert.Equal("key601", pairs.Read(new Serial(601))?.Key);
        Assert.Null(pairs.Read(new Serial(1001)));
        Assert.Equal((Serial.Zero, new Serial(1000)), (pairs.Base, pairs.CommittedSerial));
    }

    [Fact]
    public void All_pairs_are_read_in_order_with_one_read_of_the_store_for_each_page()
    {
        var pairs = NewEvicted(count: 1000, evictedTo: 600);
        var (batch, serial) = (new StoredPair[64], 0L);

        while (pairs.ReadAfter(new Serial(serial), batch) is var count and > 0)
        {
            Assert.Equal(Enumerable.Range((int)serial + 1, count).Select(i => $"key{i}"), batch[..count].Select(pair => pair.Key));
            serial += count;
        }

        Assert.Equal(1000, serial);
        Assert.Equal(["1-511", "512-1023", "1024-1199"], _reads);
    }

    [Fact]
    public void Readers_at_different_places_do_not_read_a_page_again_for_each_of_their_calls()
    {
        var pairs = NewEvicted(count: 1000, evictedTo: 600);

        for (var serial = 1; serial <= 50; serial++)
        {
            foreach (var place in new[] { 0, 256, 512 })
            {
                Assert.Equal($"key{place + serial}", pairs.Read(new Serial(place + serial))?.Key);
            }
        }

        Assert.Equal(["1-511", "512-1023", "1024-1199"], _reads);
    }

    [Fact]
    public void Pairs_in_the_store_only_are_not_read_without_waiting_for_it()
    {
        var pairs = NewEvicted(count: 1000, evictedTo: 600);
        var batch = new StoredPair[2];

        Assert.Null(pairs.TryReadAfter(new Serial(599), batch));
        Assert.Equal(2, pairs.TryReadAfter(new Serial(600), batch));
        Assert.Equal(0, pairs.TryReadAfter(new Serial(1000), batch));
        Assert.Empty(_reads);

        pairs.Read(new Serial(600));
        Assert.Equal(1, pairs.TryReadAfter(new Serial(599), batch));
        Assert.Equal("key600", batch[0].Key);
    }

    [Fact]
    public void Discarded_pairs_are_not_read_from_the_store()
    {
        var pairs = NewEvicted(count: 1000, evictedTo: 600);

        pairs.DiscardTo(new Serial(300), new LogIndex(600));

        Assert.Null(pairs.Read(new Serial(300)));
        Assert.Equal("key301", pairs.Read(new Serial(301))?.Key);
        Assert.Equal(["601-1023"], _reads);

        pairs.DiscardTo(new Serial(700), new LogIndex(1400));
        Assert.Null(pairs.Read(new Serial(301)));
        Assert.Equal("key701", pairs.Read(new Serial(701))?.Key);
    }

    [Fact]
    public void Last_entry_of_an_evicted_serial_is_the_one_before_the_next_pair()
    {
        var pairs = NewEvicted(count: 1000, evictedTo: 600);

        Assert.Equal(new LogIndex(2), pairs.LastIndexOf(new Serial(1)));
        Assert.Equal(new LogIndex(1200), pairs.LastIndexOf(new Serial(600)));
    }

    // Batches of three, from key1 on.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(600, 3)]
    public void Pairs_of_batches_are_read_from_any_place_on(int evictedTo, int reads)
    {
        LogSlice log = [.. Enumerable.Range(1, 300).Select(i => Batch(i, 3 * i, ("a", i), ("b", i), ("c", i)))];
        var pairs = new CommittedPairs((first, last) =>
        {
            _reads.Add($"{first}-{last}");
            return log.Skip((int)first.Value - 1).Take((int)(last.Value - first.Value + 1));
        });
        pairs.Commit(log);
        pairs.EvictTo(new Serial(evictedTo));

        for (var serial = 1; serial <= 900; serial++)
        {
            var (name, isLast) = ("abc"[(serial - 1) % 3], serial % 3 == 0);
            var pair = pairs.Read(new Serial(serial))!.Value;
            Assert.Equal((serial, $"{name}", (byte)((serial + 2) / 3)), (pair.Serial.Value, pair.Key, pair.Value.Span[0]));
            Assert.Equal((!isLast, isLast, 7L), (pair.HasMore, pair.IsKeyed, pair.Request!.Value.Number));
        }

        var batch = new StoredPair[5];
        Assert.Equal(5, pairs.ReadAfter(new Serial(700), batch));
        Assert.Equal("b c a b c", string.Join(" ", batch.Select(pair => pair.Key)));
        Assert.Equal(["c", "a", "b", "c"], pairs.CopyLatest(4).Select(latest => latest.Pair.Key));
        Assert.Equal(reads, _reads.Count);
        Assert.Equal(
            [2L, null, null, 3L, 200L, null, null, 201L, 299L, null, null, 300L],
            ((long[])[6, 7, 8, 9, 600, 601, 602, 603, 897, 898, 899, 900]).Select(serial => pairs.LastIndexOf(new Serial(serial))?.Value));

        static LogEntry Batch(int index, int serial, params (string, int)[] pairs)
        {
            var request = new RequestId(new Member(new ProcessName("raft1@node1"), Incarnation.None), 7);
            var value = PairBatch.Encode([.. pairs.Select(each => (each.Item1, (ReadOnlyMemory<byte>)new[] { (byte)each.Item2 }))]);
            var payload = new Payload.KeyedPair(new RequestKeyHash(Guid.Empty), request, "", value) { Count = pairs.Length };
            return new LogEntry(new LogIndex(index), new Term(1), new Serial(serial), payload);
        }
    }

    [Fact]
    public void Pair_that_the_store_lacks_is_an_error()
    {
        var pairs = new CommittedPairs((_, _) => default);
        pairs.Commit([Pair(1, 1), Pair(2, 2)]);
        pairs.EvictTo(new Serial(1));

        Assert.Throws<StoreException>(() => pairs.Read(new Serial(1)));
        Assert.Equal("key2", pairs.Read(new Serial(2))?.Key);
    }

    [Fact]
    public void Page_whose_first_entries_are_compacted_while_it_is_read_is_read_from_the_next_one_on()
    {
        var pairs = NewEvicted(count: 1000, evictedTo: 600);
        _onRead = () => pairs.DiscardTo(new Serial(50), _base = new LogIndex(100));

        Assert.Equal("key100", pairs.Read(new Serial(100))?.Key);
        Assert.Equal(["1-511", "101-511"], _reads);
    }

    [Fact]
    public void Compacted_entries_without_a_pair_are_not_read_from_the_store()
    {
        var pairs = NewEvicted(count: 1000, evictedTo: 600);
        pairs.DiscardTo(new Serial(50), new LogIndex(99));

        pairs.DiscardTo(new Serial(50), _base = new LogIndex(100));

        Assert.Equal("key51", pairs.Read(new Serial(51))?.Key);
        Assert.Equal(["101-511"], _reads);
    }

    // The pair of serial n has index 2n-1, and a no-op follows it. The store has the entries after _base.
    private CommittedPairs NewEvicted(int count, int evictedTo)
    {
        LogSlice log = [.. Enumerable.Range(1, count).SelectMany(i => new[] { Pair((2 * i) - 1, i), NoOp(2 * i, i) })];
        var pairs = new CommittedPairs((first, last) =>
        {
            _reads.Add($"{first}-{last}");
            _onRead();
            return first > _base ? log.Skip((int)first.Value - 1).Take((int)(last.Value - first.Value + 1)) : default;
        });
        pairs.Commit(log);
        pairs.EvictTo(new Serial(evictedTo));
        return pairs;
    }

    private StoredPair[] ReadAfter(long serial, int limit)
    {
        var batch = new StoredPair[limit];
        return batch[.._pairs.ReadAfter(new Serial(serial), batch)];
    }

    private static LogEntry Pair(long index, long serial) =>
        new(new LogIndex(index), new Term(1), new Serial(serial), new Payload.Pair(null, $"key{serial}", ReadOnlyMemory<byte>.Empty));

    private static LogEntry NoOp(long index, long serial) =>
        new(new LogIndex(index), new Term(1), new Serial(serial), Payload.NoOp.Instance);
}
