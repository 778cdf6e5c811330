namespace RaftActors.Network;

/// <summary>The pause after a failed attempt to connect: twice as long each time, up to a limit. Not thread-safe.</summary>
internal sealed class GrowingPause(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private TimeSpan _length;
    private long _failedAt;

    public bool IsOver => clock.GetElapsedTime(_failedAt) >= _length;

    /// <summary>Begins the next pause, after a failed attempt.</summary>
    public void Grow()
    {
        _length = _length == default ? First : _length < Longest / 2 ? 2 * _length : Longest;
        _failedAt = clock.GetTimestamp();
    }

    /// <summary>Ends the pause, after a success or because the other side is known to run.</summary>
    public void Reset() => _length = default;
}
