namespace RaftActors.Core;

/// <summary>
/// Reads that a process has its leader confirm: one question at most is under way, and stands for all that came before it.
/// </summary>
internal sealed class ForwardedReads
{
    private List<ReadId> _waiting = [];
    private List<ReadId> _asked = [];

    /// <summary>The question under way; null if none is.</summary>
    public ReadId? Question { get; private set; }

    /// <summary>The tick of the question under way.</summary>
    public long AskedAt { get; private set; }

    /// <summary>Something came since the question under way was asked.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>A read, for the next question.</summary>
    public void Add(ReadId id) => _waiting.Add(id);

    /// <summary>Asks for everything that waits.</summary>
    public void Ask(ReadId question, long now)
    {
        (Question, AskedAt) = (question, now);
        (_asked, _waiting) = (_waiting, _asked);
    }

    /// <summary>The question is answered, or nobody will: gives what it stood for.</summary>
    public IReadOnlyList<ReadId> Finish()
    {
        var asked = _asked;
        (Question, _asked) = (null, []);
        return asked;
    }

    /// <summary>Nobody will be asked any more: gives everything.</summary>
    public IReadOnlyList<ReadId> TakeAll() => [.. Finish(), .. _waiting];
}
