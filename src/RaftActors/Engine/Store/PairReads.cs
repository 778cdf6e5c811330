using RaftActors.Delivery;

namespace RaftActors.Engine;

/// <summary>
/// Reads committed pairs for clients and for Gets. Pairs in memory are read at once; for others <see cref="StoreReader"/> reads the store
/// while the engine goes on.
/// </summary>
internal sealed class PairReads(CommittedPairs pairs, StoreReads reads)
{
    /// <summary>The most reads that wait for the store.</summary>
    public const int MaxWaiting = 1024;

    // The reads that the reader has or has answered. Each brings at most a page, so this bounds the memory.
    private const int AskedMax = 4;

    private readonly Queue<Wanted> _wanted = [];
    private int _asked;

    /// <summary>
    /// Reads the pairs after a serial, in order. May return fewer pairs than there are. Returns false if too many reads wait for the
    /// store, and does nothing then.
    /// </summary>
    /// <param name="max">The most pairs.</param>
    /// <param name="then">Takes the pairs, or none if the first one is not committed here or is compacted.</param>
    public bool TryReadAfter(Serial serial, int max, Action<ReadOnlyMemory<StoredPair>> then)
    {
        // The array is no larger than needed, because each commit answers a thousand subscriptions, most of them with one pair.
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

    internal sealed record Wanted(Serial After, int Max, Action<ReadOnlyMemory<StoredPair>> Then);
}
