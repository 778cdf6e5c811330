using RaftActors.Core;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

public sealed class CommittedPairsTests
{
    private readonly CommittedPairs _pairs = new();

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
        _pairs.DiscardTo(new Serial(2));

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
        _pairs.DiscardTo(new Serial(2));
        _pairs.DiscardTo(new Serial(1));

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
