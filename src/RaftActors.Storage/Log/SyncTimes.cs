namespace RaftActors.Storage.Log;

/// <summary>
/// The longest of the latest syncs of one log, for operators. A sync takes 20 us or more, so two readings of the clock cost little.
/// Thread-safe.
/// </summary>
internal sealed class SyncTimes(TimeProvider clock)
{
    /// <summary>A sync counts for this long after its end, and for less than twice as long.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private long _windowBegan = clock.GetTimestamp();
    private TimeSpan? _longest;
    private TimeSpan? _longestBefore;
    private long? _began;

    /// <summary>
    /// The longest sync of the present window and of the one before, or null without any. A running sync counts with its time until now,
    /// because a sync on a disk that hangs does not end.
    /// </summary>
    public TimeSpan? Longest
    {
        get
        {
            lock (_lock)
            {
                var now = clock.GetTimestamp();
                MoveTo(now);
                return Longer(Longer(_longestBefore, _longest), Running(now));
            }
        }
    }

    public void Begin()
    {
        lock (_lock)
        {
            _began = clock.GetTimestamp();
        }
    }

    /// <summary>Ends a sync, successful or failed.</summary>
    public void End()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            MoveTo(now);
            _longest = Longer(_longest, Running(now));
            _began = null;
        }
    }

    private static TimeSpan? Longer(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other : one;

    private TimeSpan? Running(long now) => _began is { } began ? clock.GetElapsedTime(began, now) : null;

    private void MoveTo(long now)
    {
        var age = clock.GetElapsedTime(_windowBegan, now);
        if (age >= Window)
        {
            _longestBefore = age < 2 * Window ? _longest : null;
            (_windowBegan, _longest) = (now, null);
        }
    }
}
