using RaftTrials.Check;

namespace RaftTrials.Load;

/// <summary>All that clients of a trial were told, as it comes in.</summary>
internal sealed class Journal
{
    private readonly Lock _lock = new();
    private readonly List<Attempt> _attempts = [];
    private readonly List<(Func<Attempt, bool> IsLast, TaskCompletionSource Found)> _waiting = [];

    public IReadOnlyList<Attempt> Attempts
    {
        get
        {
            lock (_lock)
            {
                return [.. _attempts];
            }
        }
    }

    public void Add(Attempt attempt)
    {
        lock (_lock)
        {
            _attempts.Add(attempt);
            _waiting.RemoveAll(one => one.IsLast(attempt) && one.Found.TrySetResult());
        }
    }

    /// <summary>Until so many messages were committed for which somebody asked after this moment.</summary>
    public Task Committed(int count, long since, TimeSpan patience)
    {
        var left = count;
        return Until(
            attempt => attempt.Outcome == Outcome.Committed && attempt.Started > since && --left == 0,
            () => $"{left} more messages committed",
            patience);
    }

    /// <summary>Until each of these writers was told that a message was committed for which it had asked after this moment.</summary>
    public Task CommittedToEach(IEnumerable<string> writers, long since, TimeSpan patience) =>
        ToEach(writers, since, attempt => attempt.Outcome == Outcome.Committed, patience);

    /// <summary>Until each of these writers was told something of a message for which it had asked after this moment.</summary>
    public Task AnsweredToEach(IEnumerable<string> writers, long since, TimeSpan patience) => ToEach(writers, since, _ => true, patience);

    private Task ToEach(IEnumerable<string> writers, long since, Func<Attempt, bool> isIt, TimeSpan patience)
    {
        HashSet<string> left = [.. writers];
        return Until(
            attempt => attempt.Started > since && isIt(attempt) && left.Remove(attempt.Writer) && left.Count == 0,
            () => $"an answer to {string.Join(", ", left)}",
            patience);
    }

    /// <summary>Until one of which this holds has come; it is asked about each once, in the order in which they came.</summary>
    private async Task Until(Func<Attempt, bool> isLast, Func<string> what, TimeSpan patience)
    {
        TaskCompletionSource found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_attempts.Exists(attempt => isLast(attempt)))
            {
                return;
            }

            _waiting.Add((isLast, found));
        }

        try
        {
            await found.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            throw new TrialFailure($"not {what()} in {patience.TotalSeconds} s");
        }
    }
}
