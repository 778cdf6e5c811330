namespace RaftActors.Core;

/// <summary>
/// The reads that wait until a leader knows that it still leads, and its questions. A leader asks in rounds of messages (thesis §6.4), and
/// a follower asks its leader. At most one question is open. A read that comes meanwhile waits for the next one, because an answer to an
/// older message proves nothing about now.
/// </summary>
internal sealed class PendingReads
{
    private List<PendingRead> _waiting = [];
    private List<PendingRead> _asked = [];
    private int _waitingForLease;

    /// <summary>The number of the latest question, or 0 before the first of the role.</summary>
    public long Latest { get; private set; }

    /// <summary>The latest question is open.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>The process's clock at the latest question.</summary>
    public TimeSpan StartedAt { get; private set; }

    /// <summary>The tick of the latest question.</summary>
    public long AskedAt { get; private set; }

    /// <summary>The index at which a leader answers the reads of the latest question.</summary>
    public LogIndex Index { get; private set; }

    /// <summary>Reads have come since the latest question.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>All waiting reads may be answered by a lease.</summary>
    public bool MayUseLease => _waitingForLease == _waiting.Count;

    /// <summary>Adds a read, for the next question or for a lease.</summary>
    public void Add(PendingRead read)
    {
        _waiting.Add(read);
        _waitingForLease += read.MayUseLease ? 1 : 0;
    }

    /// <summary>Asks for all waiting reads.</summary>
    public void Start(long number, LogIndex index, Clock clock)
    {
        Invariant.That(!IsUnderWay, "one question for reads is under way at a time");
        (IsUnderWay, Latest, Index, StartedAt, AskedAt) = (true, number, index, clock.Instant, clock.Now);
        (_asked, _waiting, _waitingForLease) = (_waiting, _asked, 0);
    }

    /// <summary>Ends the question and returns its reads.</summary>
    public IReadOnlyList<PendingRead> Finish()
    {
        IsUnderWay = false;
        return Take(ref _asked);
    }

    public IReadOnlyList<PendingRead> TakeWaiting()
    {
        _waitingForLease = 0;
        return Take(ref _waiting);
    }

    /// <summary>Returns the waiting reads that a lease may answer. The others wait for the next question.</summary>
    public IReadOnlyList<PendingRead> TakeForLease()
    {
        if (MayUseLease)
        {
            return TakeWaiting();
        }

        // Without this, each step would search the reads that wait for a question.
        if (_waitingForLease == 0)
        {
            return [];
        }

        var taken = _waiting.FindAll(read => read.MayUseLease);
        _waiting.RemoveAll(read => read.MayUseLease);
        _waitingForLease = 0;
        return taken;
    }

    private static List<PendingRead> Take(ref List<PendingRead> reads)
    {
        var taken = reads;
        reads = [];
        return taken;
    }
}

/// <summary>A read that is not answered yet.</summary>
/// <param name="Asker">The process that asked by a message, or null for this process's shell.</param>
/// <param name="MayUseLease">If false, a round must confirm it.</param>
internal readonly record struct PendingRead(Member? Asker, ReadId Id, bool MayUseLease);
