namespace RaftTrials.Servers;

/// <summary>The elections that servers have logged. Thread-safe.</summary>
internal sealed class Elections
{
    private readonly Lock _lock = new();
    private readonly List<Election> _elections = [];

    /// <summary>The election of the highest term; null: there was none.</summary>
    public Election? Latest
    {
        get
        {
            lock (_lock)
            {
                return _elections.MaxBy(election => election.Term);
            }
        }
    }

    public void Add(Election election)
    {
        lock (_lock)
        {
            _elections.Add(election);
        }
    }

    /// <summary>Waits for an election in a higher term, and returns the first one. Past elections count too.</summary>
    public Task<Election> After(long term) =>
        Poll.Until(() => Task.FromResult(FirstAfter(term)), () => $"no election in a term above {term}");

    private Election? FirstAfter(long term)
    {
        lock (_lock)
        {
            return _elections.Find(election => election.Term > term);
        }
    }
}

/// <summary>The election of a leader.</summary>
/// <param name="At">Time of the log line, by the monotonic clock.</param>
internal sealed record Election(RaftServer Server, long Term, long At);
