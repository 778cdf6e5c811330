namespace RaftActors.Coordination.Sessions;

/// <summary>
/// Waits only by the timers of a clock. So the clock decides on which thread the code goes on: the system's on the pool, and a
/// simulation's on its own thread.
/// </summary>
internal static class Timing
{
    /// <summary>
    /// Waits like Task.Delay, but without an exception. The caller goes on when the time has passed or the token is cancelled, and never
    /// on the thread that cancels it.
    /// </summary>
    public static async Task PauseAsync(this TimeProvider time, TimeSpan span, CancellationToken cancellation = default)
    {
        var over = new TaskCompletionSource();
        using var timer = time.CreateTimer(_ => over.TrySetResult(), null, span, Timeout.InfiniteTimeSpan);
        using var ending = cancellation.UnsafeRegister(_ => timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan), null);
        await over.Task.ConfigureAwait(false);
    }

    /// <summary>Limits a timeout of a user to one that timers take: 0 to 24 days, or infinite.</summary>
    public static TimeSpan ForTimer(this TimeSpan timeout) =>
        timeout == Timeout.InfiniteTimeSpan ? timeout
        : timeout < TimeSpan.Zero ? TimeSpan.Zero
        : timeout.TotalMilliseconds < int.MaxValue ? timeout : TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>Runs code soon. It may block, and must not throw.</summary>
    public static async Task PostAsync(this TimeProvider time, Action run)
    {
        await time.PauseAsync(TimeSpan.Zero).ConfigureAwait(false);
        run();
    }
}
