namespace RaftActors.Core;

/// <summary>
/// The reads that a follower has its leader confirm. At most one question is open. It serves all reads that came before it.
/// </summary>
internal sealed class ForwardedReads
{
    private List<ReadId> _waiting = [];
    private List<ReadId> _asked = [];

    /// <summary>The open question, or null.</summary>
    public ReadId? Question { get; private set; }

    public long AskedAt { get; private set; }

    /// <summary>Reads have come since the open question was sent.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>All waiting reads may be answered by a lease.</summary>
    public bool MayUseLease { get; private set; } = true;

    /// <summary>Adds a read, for the next question.</summary>
    public void Add(ReadId id, bool mayUseLease)
    {
        _waiting.Add(id);
        MayUseLease &= mayUseLease;
    }

    /// <summary>Starts a question for all waiting reads.</summary>
    public void Ask(ReadId question, long now)
    {
        (Question, AskedAt, MayUseLease) = (question, now, true);
        (_asked, _waiting) = (_waiting, _asked);
    }

    /// <summary>Ends the question and returns its reads.</summary>
    public IReadOnlyList<ReadId> Finish()
    {
        var asked = _asked;
        (Question, _asked) = (null, []);
        return asked;
    }

    /// <summary>Ends the question and returns all reads.</summary>
    public IReadOnlyList<ReadId> TakeAll() => [.. Finish(), .. _waiting];
}
