namespace RaftActors.Network;

/// <summary>The pause after a failed attempt to connect: twice as long each time, up to a limit. Not thread-safe.</summary>
internal sealed class GrowingPause(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private int _failures;
    private long _failedAt;

    public bool IsOver => clock.GetElapsedTime(_failedAt) >= After(_failures, First, Longest);

    /// <summary>Begins the next pause, after a failed attempt.</summary>
    public void Grow()
    {
        _failures++;
        _failedAt = clock.GetTimestamp();
    }

    /// <summary>Ends the pause, after a success or because the other side is known to run.</summary>
    public void Reset() => _failures = 0;

    /// <summary>Returns the pause after some failures. It doubles with each of them, up to the longest one.</summary>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest) => failures == 0 ? TimeSpan.Zero
        : TimeSpan.FromTicks((long)Math.Min(Math.ScaleB(first.Ticks, failures - 1), longest.Ticks));
}
