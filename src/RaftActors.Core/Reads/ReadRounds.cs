namespace RaftActors.Core;

/// <summary>
/// The reads that wait until their leader knows that it still leads, and its rounds of messages that tell it so (thesis §6.4). One round at
/// most is under way; what comes meanwhile shares the next, since an answer to an older message says nothing about now.
/// </summary>
internal sealed class ReadRounds
{
    private List<ReadQuestion> _waiting = [];
    private List<ReadQuestion> _asked = [];

    /// <summary>The number of the latest round; 0 before the first of the term.</summary>
    public long Latest { get; private set; }

    /// <summary>The latest round is not confirmed yet.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>When the latest round began, on this process's clock.</summary>
    public Instant StartedAt { get; private set; }

    /// <summary>What was committed when the latest round began: where its reads may be answered.</summary>
    public LogIndex Index { get; private set; }

    /// <summary>Somebody asked since the latest round began.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>A read, for the next round.</summary>
    public void Add(ReadQuestion question) => _waiting.Add(question);

    /// <summary>Begins a round for everything that waits.</summary>
    public void Start(LogIndex index, Instant now)
    {
        Invariant.That(!IsUnderWay, "one round of reads is under way at a time");
        (IsUnderWay, Latest, Index, StartedAt) = (true, Latest + 1, index, now);
        (_asked, _waiting) = (_waiting, _asked);
    }

    /// <summary>The latest round is confirmed: gives its reads.</summary>
    public IReadOnlyList<ReadQuestion> Finish()
    {
        IsUnderWay = false;
        return Take(ref _asked);
    }

    /// <summary>Gives what waits and needs no round.</summary>
    public IReadOnlyList<ReadQuestion> TakeWaiting() => Take(ref _waiting);

    private static List<ReadQuestion> Take(ref List<ReadQuestion> questions)
    {
        var taken = questions;
        questions = [];
        return taken;
    }
}

/// <summary>A read that is not answered yet.</summary>
/// <param name="Asker">Who asked by a message; null if it was this process's own shell.</param>
internal readonly record struct ReadQuestion(Member? Asker, ReadId Id);
