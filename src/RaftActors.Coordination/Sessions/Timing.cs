namespace RaftActors.Coordination.Sessions;

/// <summary>
/// Waits by the timers of a clock alone, so whoever gives the clock decides on which thread all code goes on: the system on the pool, and a
/// simulation on its own thread.
/// </summary>
internal static class Timing
{
    /// <summary>
    /// Waits as Task.Delay does. The caller gets no exception: it goes on when the time is over, or when the token is cancelled, and never
    /// on the thread that cancels it.
    /// </summary>
    public static async Task PauseAsync(this TimeProvider time, TimeSpan span, CancellationToken cancellation = default)
    {
        var over = new TaskCompletionSource();
        using var timer = time.CreateTimer(_ => over.TrySetResult(), null, span, Timeout.InfiniteTimeSpan);
        using var ending = cancellation.UnsafeRegister(_ => timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan), null);
        await over.Task.ConfigureAwait(false);
    }

    /// <summary>Runs code soon, which may block and must not throw.</summary>
    public static async Task PostAsync(this TimeProvider time, Action run)
    {
        await time.PauseAsync(TimeSpan.Zero).ConfigureAwait(false);
        run();
    }
}
