namespace RaftTrials.Servers;

/// <summary>The elections that servers have logged. Thread-safe.</summary>
internal sealed class Elections
{
    private readonly Lock _lock = new();
    private readonly List<Election> _elections = [];
    private readonly List<(Func<Election, bool> IsIt, TaskCompletionSource<Election> Found)> _waiting = [];

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
            _waiting.RemoveAll(one => one.IsIt(election) && one.Found.TrySetResult(election));
        }
    }

    /// <summary>Waits for an election in a higher term. Past elections count too.</summary>
    public async Task<Election> After(long term, TimeSpan patience)
    {
        TaskCompletionSource<Election> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_elections.Find(election => election.Term > term) is { } election)
            {
                return election;
            }

            _waiting.Add((one => one.Term > term, found));
        }

        try
        {
            return await found.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            throw new TrialFailure($"no election in a term above {term} within {patience.TotalSeconds} s");
        }
    }
}

/// <summary>The election of a leader.</summary>
/// <param name="At">Time of the log line, by the monotonic clock.</param>
internal sealed record Election(RaftServer Server, long Term, long At);
