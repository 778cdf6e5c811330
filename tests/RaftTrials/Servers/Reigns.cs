namespace RaftTrials.Servers;

/// <summary>Who said that it leads, when, and in which term.</summary>
internal sealed class Reigns
{
    private readonly Lock _lock = new();
    private readonly List<Reign> _reigns = [];
    private readonly List<(Func<Reign, bool> IsIt, TaskCompletionSource<Reign> Found)> _waiting = [];

    /// <summary>Of the highest term; null while nobody has led.</summary>
    public Reign? Latest
    {
        get
        {
            lock (_lock)
            {
                return _reigns.MaxBy(reign => reign.Term);
            }
        }
    }

    public void Add(Reign reign)
    {
        lock (_lock)
        {
            _reigns.Add(reign);
            _waiting.RemoveAll(one => one.IsIt(reign) && one.Found.TrySetResult(reign));
        }
    }

    /// <summary>The first in a term above this one, past or to come.</summary>
    public async Task<Reign> After(long term, TimeSpan patience)
    {
        TaskCompletionSource<Reign> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_reigns.Find(reign => reign.Term > term) is { } reign)
            {
                return reign;
            }

            _waiting.Add((one => one.Term > term, found));
        }

        try
        {
            return await found.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            throw new TrialFailure($"nobody leads in a term above {term} after {patience.TotalSeconds} s");
        }
    }
}

/// <summary>A server said that it leads.</summary>
/// <param name="At">When, by the monotonic clock.</param>
internal sealed record Reign(RaftServer Server, long Term, long At);
