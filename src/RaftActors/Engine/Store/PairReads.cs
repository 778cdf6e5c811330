using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Reads committed pairs for clients and for Gets. Pairs in memory are there at once. For others <see cref="StoreReader"/> reads the store,
/// while the engine goes on.
/// </summary>
internal sealed class PairReads(CommittedPairs pairs, StoreReads reads)
{
    /// <summary>The maximum number of reads that wait for the store.</summary>
    public const int MaxWaiting = 1024;

    // The reads that the reader has, or has answered. They bound the memory: each brings at most a page.
    private const int AskedMax = 4;

    private readonly Queue<Wanted> _wanted = [];
    private int _asked;

    /// <summary>Reads the pairs after a serial, in order. Those from the store may be fewer than there are.</summary>
    /// <param name="max">The maximum number of pairs.</param>
    /// <param name="then">Takes the pairs; none if the first is not committed here, or compacted.</param>
    /// <returns>False: too many reads wait for the store, and this one is not done.</returns>
    public bool TryReadAfter(Serial serial, int max, Action<ReadOnlyMemory<StoredPair>> then)
    {
        // No room for more pairs than there are: each commit answers a thousand subscriptions, most of them with one pair.
        var batch = new StoredPair[Math.Clamp(pairs.CommittedSerial.Value - serial.Value, 0, max)];
        if (pairs.TryReadAfter(serial, batch) is { } count)
        {
            then(batch.AsMemory(0, count));
            return true;
        }

        if (_wanted.Count >= MaxWaiting)
        {
            return false;
        }

        _wanted.Enqueue(new Wanted(serial, max, then));
        AskNext();
        return true;
    }

    /// <summary>Pairs were read from the store.</summary>
    public void OnRead(StoreNews.PairsRead news)
    {
        _asked--;
        reads.End(news.Wanted);
        news.Wanted.Then(news.Pairs);
        AskNext();
    }

    private void AskNext()
    {
        while (_asked < AskedMax && _wanted.TryDequeue(out var next))
        {
            _asked++;
            reads.Ask(next);
        }
    }

    /// <param name="Then">For the engine's thread.</param>
    internal sealed record Wanted(Serial After, int Max, Action<ReadOnlyMemory<StoredPair>> Then);
}
