using RaftActors.Tests.Delivery;

namespace RaftActors.Tests.Engine;

public sealed class PairReadsTests
{
    // Each commit answers all subscriptions that wait, and most of them get one pair.
    [Fact]
    public void Read_takes_no_memory_for_more_pairs_than_there_are()
    {
        CommittedLog log = new();
        log.Commit(log.NewOrder(), 3);
        PairReads reads = new(log.Pairs, null!); // Justification: all pairs are in memory.
        List<long> found = [];
        Read(1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var read = 0; read < 100; read++)
        {
            Read(1);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 1000);
        found.Clear();
        Read(1);
        Read(3);
        Read(long.MaxValue);
        Assert.Equal([2, 3], found);

        void Read(long after) => Assert.True(reads.TryReadAfter(
            new Serial(after), 1024, pairs => found.AddRange(pairs.ToArray().Select(pair => pair.Serial.Value))));
    }
}
