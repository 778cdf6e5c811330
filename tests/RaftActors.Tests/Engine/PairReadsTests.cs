using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Delivery;
using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

public sealed class PairReadsTests : TestKit
{
    private readonly TestProbe _reader;
    private readonly List<string> _found = [];
    private readonly List<bool> _told = [];
    private readonly PairReads _pairs;

    public PairReadsTests()
    {
        var pairs = new CommittedPairs((_, _) => throw new InvalidOperationException("The engine's thread read the store."));
        pairs.Commit([.. Enumerable.Range(1, 4).Select(serial => Bench.Entry(serial, 1, null))]);
        pairs.EvictTo(new Serial(3));
        _reader = CreateTestProbe();
        _pairs = new PairReads(pairs, _reader, TestActor, new StoreReads(_told.Add));
    }

    [Fact]
    public void Pairs_in_memory_are_there_at_once()
    {
        Assert.True(Read(after: 3));
        Assert.True(Read(after: 4));

        Assert.Equal(["key4", ""], _found);
        _reader.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Pairs_in_the_store_come_with_the_readers_answer_and_do_not_hold_up_those_in_memory()
    {
        Read(after: 1);
        Read(after: 3);
        Answer(2);

        Assert.Equal(["key4", "key2"], _found);
        Assert.Equal([true, false], _told);
    }

    [Fact]
    public void Reader_is_asked_a_few_at_a_time_and_a_read_above_the_maximum_is_not_done()
    {
        while (Read(after: 0))
        {
        }

        Queue<PairReads.Wanted> asked = new(_reader.ReceiveN(4).Cast<PairReads.Wanted>());
        _reader.ExpectNoMsg(TimeSpan.Zero);
        for (var answered = 1; answered <= PairReads.MaxWaiting + 4; answered++)
        {
            Answer(1, asked.Dequeue());
            Assert.Equal(answered, _found.Count);
            while (_reader.HasMessages)
            {
                asked.Enqueue(_reader.ExpectMsg<PairReads.Wanted>());
            }
        }

        Assert.Empty(asked);
        Assert.True(Read(after: 0));
    }

    private bool Read(long after) => _pairs.TryReadAfter(new Serial(after), 1, found => _found.Add(found.IsEmpty ? "" : found.Span[0].Key));

    private void Answer(long serial) => Answer(serial, _reader.ExpectMsg<PairReads.Wanted>());

    private void Answer(long serial, PairReads.Wanted wanted) =>
        _pairs.OnRead(new StoreNews.PairsRead(wanted, new[] { StoredPair.Of(Bench.Entry(serial, 1, null)) }));
}
