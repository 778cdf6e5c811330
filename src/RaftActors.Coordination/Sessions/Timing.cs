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

    /// <summary>Runs code soon. It may block, and must not throw.</summary>
    public static async Task PostAsync(this TimeProvider time, Action run)
    {
        await time.PauseAsync(TimeSpan.Zero).ConfigureAwait(false);
        run();
    }
}
