using RaftTrials.Check;

namespace RaftTrials.Load;

/// <summary>All answers to the clients of a trial, in order of arrival. Thread-safe.</summary>
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

    /// <summary>Waits for a number of commits of messages that were sent after a moment.</summary>
    public Task Committed(int count, long since, TimeSpan patience)
    {
        var left = count;
        return Until(
            attempt => attempt.Outcome == Outcome.Committed && attempt.Started > since && --left == 0,
            () => $"commits of {left} more messages",
            patience);
    }

    /// <summary>Waits until each of these writers has a commit of a message that it sent after a moment.</summary>
    public Task CommittedToEach(IEnumerable<string> writers, long since, TimeSpan patience) =>
        ToEach(writers, since, attempt => attempt.Outcome == Outcome.Committed, patience);

    /// <summary>Waits until each of these writers has any answer to a message that it sent after a moment.</summary>
    public Task AnsweredToEach(IEnumerable<string> writers, long since, TimeSpan patience) => ToEach(writers, since, _ => true, patience);

    private Task ToEach(IEnumerable<string> writers, long since, Func<Attempt, bool> isIt, TimeSpan patience)
    {
        HashSet<string> left = [.. writers];
        return Until(
            attempt => attempt.Started > since && isIt(attempt) && left.Remove(attempt.Writer) && left.Count == 0,
            () => $"answer to {string.Join(", ", left)}",
            patience);
    }

    /// <summary>Waits for the attempt that satisfies the condition. The condition sees each attempt once, in order of arrival.</summary>
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
            throw new TrialFailure($"no {what()} within {patience.TotalSeconds} s");
        }
    }
}
