namespace RaftActors.Network;

/// <summary>The pause after a failed attempt to connect: twice as long each time, up to a limit. Not thread-safe.</summary>
internal sealed class GrowingPause(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private TimeSpan _length;
    private long _failedAt;

    /// <summary>The next attempt may begin.</summary>
    public bool IsOver => clock.GetElapsedTime(_failedAt) >= _length;

    /// <summary>An attempt has failed.</summary>
    public void Grow()
    {
        _length = _length == default ? First : _length < Longest / 2 ? 2 * _length : Longest;
        _failedAt = clock.GetTimestamp();
    }

    /// <summary>An attempt has succeeded, or the next one need not wait.</summary>
    public void Reset() => _length = default;
}
