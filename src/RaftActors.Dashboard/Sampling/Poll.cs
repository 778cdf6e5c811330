namespace RaftActors.Dashboard.Sampling;

/// <summary>
/// A question that is asked again and again. It is open once at a time, and callers that come meanwhile share it. Thread-safe.
/// </summary>
internal sealed class Poll<T>
    where T : class
{
    // Longer than a call to another node takes, and short enough for a page that shows the silence.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Null before the first question has ended.</summary>
    public Polled<T>? Latest { get; private set; }

    /// <summary>The time of the latest question, as the machine's tick count.</summary>
    public long AskedAt { get; private set; } = long.MinValue;

    /// <summary>Never fails.</summary>
    /// <param name="ask">Must not block before its first await.</param>
    public Task AskAsync(Func<CancellationToken, Task<T>> ask)
    {
        lock (_lock)
        {
            return _running = _running.IsCompleted ? RunAsync(ask) : _running;
        }
    }

    private async Task RunAsync(Func<CancellationToken, Task<T>> ask)
    {
        AskedAt = Environment.TickCount64;
        using var limit = new CancellationTokenSource(AnswerTimeout);
        try
        {
            Latest = new(await ask(limit.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException)
        {
            Latest = new(Latest?.Answer, $"No process answered within {AnswerTimeout.TotalSeconds} s.");
        }
        catch (Exception cause)
        {
            // The answer of another program may be no answer to this question. The page shows why.
            Latest = new(Latest?.Answer, cause.Message);
        }
    }
}

/// <param name="Answer">The latest answer, or null before the first.</param>
/// <param name="Failure">Why the latest question has no answer, as text for people, or null.</param>
internal sealed record Polled<T>(T? Answer, string? Failure)
    where T : class;
