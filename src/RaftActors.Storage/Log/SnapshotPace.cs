namespace RaftActors.Storage.Log;

/// <summary>
/// Makes a snapshot yield to the log. While the log is written, the thread of the snapshot rests three times as long as it works, so that
/// commits find processor and disk idle most of the time. Otherwise it does not rest.
/// </summary>
/// <param name="batches">The number of batches that the log has written.</param>
internal sealed class SnapshotPace(TimeProvider clock, long batches)
{
    /// <summary>How much longer a rest is than the work before it.</summary>
    public const int RestsPerWork = 3;

    /// <summary>A log without a batch for this time is idle. Clients that wait for a slow commit keep it busy.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromMilliseconds(100);

    // A shorter rest would last longer than it was meant to, because a timer of the system is no more precise.
    private static readonly TimeSpan RestMin = TimeSpan.FromMilliseconds(1);

    // Work includes waits for the source of the state. They need no longer rest than this.
    private static readonly TimeSpan RestMax = TimeSpan.FromMilliseconds(250);

    // Null before the first piece, which may have waited for a thread. So a small state does not rest, and frees its thread at once.
    private long? _workingSince;
    private long _batches = batches;
    private long? _batchAt;

    /// <summary>Returns the rest after a piece, or null if the next piece may follow at once.</summary>
    public TimeSpan? RestAfterPiece(long batches)
    {
        var now = clock.GetTimestamp();
        if (batches != _batches)
        {
            (_batches, _batchAt) = (batches, now);
        }

        if (_workingSince is not { } since || _batchAt is not { } at || clock.GetElapsedTime(at, now) > IdleAfter)
        {
            _workingSince = now;
            return null;
        }

        var rest = RestsPerWork * clock.GetElapsedTime(since, now);
        return rest < RestMin ? null : rest < RestMax ? rest : RestMax;
    }

    /// <summary>The rest has ended, and work begins.</summary>
    public void OnRested() => _workingSince = clock.GetTimestamp();
}
