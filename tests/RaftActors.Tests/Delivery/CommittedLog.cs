namespace RaftActors.Tests.Delivery;

/// <summary>The committed pairs of a process, and the part of its engine that commits them.</summary>
internal sealed class CommittedLog
{
    private static readonly Member Self = new(new ProcessName("raft1@node1@localhost"), Incarnation.None);

    private readonly ChunkedList<LogEntry> _entries = new();

    public CommittedPairs Pairs { get; } = new();

    public static StoredPair PairOf(long serial) => new(new Serial(serial), $"key{serial}", ReadOnlyMemory<byte>.Empty, default);

    /// <param name="pulls">Null: the actor fetches no pairs.</param>
    public DeliveryOrder NewOrder(LearnerDelivery? pulls = LearnerDelivery.InOrder, long last = 0) =>
        new(new Serial(last), pulls, Pairs, WaitingRef);

    /// <summary>Commits all pairs up to this serial that are not committed yet, and tells the order.</summary>
    /// <param name="own">The Append of the last of them.</param>
    public void Commit(DeliveryOrder order, long serial, RequestRef? own = null)
    {
        while (Pairs.CommittedSerial.Value < serial)
        {
            var next = Pairs.CommittedSerial.Next;
            RequestId? request = own is { } append && next.Value == serial ? new RequestId(Self, append.Number) : null;
            var pair = new Payload.Pair(request, $"key{next}", ReadOnlyMemory<byte>.Empty);
            _entries.Add(new LogEntry(new LogIndex(next.Value), new Term(1), next, pair));
            Pairs.Commit(LogSlice.Of(_entries, _entries.Count - 1, 1));
        }

        order.Take(new ToActor.Committed(1, new Serial(serial)));
    }

    /// <summary>Commits the pairs up to this serial as one batch, and tells the order.</summary>
    public void CommitBatch(DeliveryOrder order, long serial)
    {
        var last = Pairs.CommittedSerial;
        var pairs = Enumerable.Range(1, (int)(serial - last.Value)).Select(i => ($"key{last.Value + i}", ReadOnlyMemory<byte>.Empty));
        var value = PairBatch.Encode([.. pairs]);
        Payload.Pair batch = new(new RequestId(Self, 1), "", value) { Count = (int)(serial - last.Value) };
        _entries.Add(new LogEntry(new LogIndex(last.Value + 1), new Term(1), new Serial(serial), batch));
        Pairs.Commit(LogSlice.Of(_entries, _entries.Count - 1, 1));
        order.Take(new ToActor.Committed(1, new Serial(serial)));
    }

    /// <summary>A snapshot replaces all pairs.</summary>
    public void StartAfter(long serial) => Pairs.StartAfter(new LogPosition(new LogIndex(serial), new Term(1), new Serial(serial), 0));

    private static RequestRef? WaitingRef(StoredPair pair) =>
        pair.Request is { } request ? new RequestRef(Self.Name, Self.Incarnation, request.Number) : null;
}
