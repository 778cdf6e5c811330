namespace RaftActors.Core;

/// <summary>
/// The reads that wait until their leader knows that it still leads, and the rounds of messages that tell it so (thesis §6.4). At most one
/// round is open. A read that comes meanwhile waits for the next one, because an answer to an older message proves nothing about now.
/// </summary>
internal sealed class ReadRounds
{
    private List<ReadQuestion> _waiting = [];
    private List<ReadQuestion> _asked = [];
    private int _waitingForLease;

    /// <summary>The number of the latest round, or 0 before the first of the term.</summary>
    public long Latest { get; private set; }

    /// <summary>The latest round is not confirmed yet.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>The process's clock at the beginning of the latest round.</summary>
    public Instant StartedAt { get; private set; }

    /// <summary>The commit index at the beginning of the latest round, at which its reads are answered.</summary>
    public LogIndex Index { get; private set; }

    /// <summary>Reads have come since the latest round began.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Adds a read, for the next round or for a lease.</summary>
    public void Add(ReadQuestion question)
    {
        _waiting.Add(question);
        _waitingForLease += question.MayUseLease ? 1 : 0;
    }

    /// <summary>Begins a round for all waiting reads.</summary>
    public void Start(LogIndex index, Instant now)
    {
        Invariant.That(!IsUnderWay, "one round of reads is under way at a time");
        (IsUnderWay, Latest, Index, StartedAt, _waitingForLease) = (true, Latest + 1, index, now, 0);
        (_asked, _waiting) = (_waiting, _asked);
    }

    /// <summary>Ends the round and returns its reads.</summary>
    public IReadOnlyList<ReadQuestion> Finish()
    {
        IsUnderWay = false;
        return Take(ref _asked);
    }

    public IReadOnlyList<ReadQuestion> TakeWaiting()
    {
        _waitingForLease = 0;
        return Take(ref _waiting);
    }

    /// <summary>Returns the waiting reads that a lease may answer. The others wait for the next round.</summary>
    public IReadOnlyList<ReadQuestion> TakeForLease()
    {
        if (_waitingForLease == _waiting.Count)
        {
            return TakeWaiting();
        }

        // Without this, each step would search the reads that wait for a round.
        if (_waitingForLease == 0)
        {
            return [];
        }

        var taken = _waiting.FindAll(question => question.MayUseLease);
        _waiting.RemoveAll(question => question.MayUseLease);
        _waitingForLease = 0;
        return taken;
    }

    private static List<ReadQuestion> Take(ref List<ReadQuestion> questions)
    {
        var taken = questions;
        questions = [];
        return taken;
    }
}

/// <summary>A read that is not answered yet.</summary>
/// <param name="Asker">The process that asked by a message, or null for this process's shell.</param>
/// <param name="MayUseLease">If false, a round must confirm it.</param>
internal readonly record struct ReadQuestion(Member? Asker, ReadId Id, bool MayUseLease);
