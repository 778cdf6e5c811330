namespace TrialKit;

/// <summary>Waits for what no process reports by itself, so that a trial has to ask again and again.</summary>
internal static class Poll
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for a time, or until the token is cancelled.</summary>
    public static async Task Wait(TimeSpan time, CancellationToken stop) =>
        await Task.Delay(time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Asks until the answer is not null.</summary>
    /// <param name="problem">The failure when it takes longer than <paramref name="timeout"/>.</param>
    /// <param name="timeout">Null: <see cref="Guards.Wait"/>.</param>
    /// <exception cref="TrialFailure">It took too long.</exception>
    public static async Task<T> Until<T>(Func<Task<T?>> ask, Func<string> problem, TimeSpan? timeout = null)
        where T : class
    {
        var limit = timeout ?? Guards.Wait;
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause))
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(since) > limit)
            {
                throw new TrialFailure($"{problem()} after {limit.TotalSeconds:0} s");
            }
        }
    }

    /// <summary>Asks until it is so.</summary>
    /// <inheritdoc cref="Until{T}"/>
    public static Task Until(Func<Task<bool>> isIt, Func<string> problem, TimeSpan? timeout = null) =>
        Until<object>(async () => await isIt() ? true : null, problem, timeout);

    /// <inheritdoc cref="Until(Func{Task{bool}}, Func{string}, TimeSpan?)"/>
    public static Task Until(Func<bool> isIt, Func<string> problem, TimeSpan? timeout = null) =>
        Until(() => Task.FromResult(isIt()), problem, timeout);
}

/// <summary>Time limits of waits that usually end at once. A trial that exceeds one fails; they measure nothing.</summary>
internal static class Guards
{
    /// <summary>The limit for a line, an answer, or the end of a process. A process on a busy machine may need 100 s to start.</summary>
    public static TimeSpan Wait { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The limit that a command gets for its request. Shorter than <see cref="Wait"/>, so that the command reports it.</summary>
    public static TimeSpan Request { get; } = TimeSpan.FromMinutes(1);
}
