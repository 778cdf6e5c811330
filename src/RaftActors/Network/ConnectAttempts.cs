using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Where another node may take connections, and when to try the next one. Any program may spread a rumour of the place. So a rumour hurries
/// nothing, and a place that has proved right is tried as well. Not thread-safe.
/// </summary>
/// <param name="fixedEndpoint">The node takes connections there and nowhere else; null: news tell where.</param>
internal sealed class ConnectAttempts(WireMessage.PortAt? fixedEndpoint, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskPause = TimeSpan.FromMilliseconds(500);

    private readonly GrowingPause _pause = new(TimeSpan.FromMilliseconds(100), LongestPause);
    private WireMessage.PortAt? _told;
    private WireMessage.PortAt? _proved;
    private bool _isProvedNext;
    private long _failedAt;
    private long? _askedAt;

    /// <summary>The place was asked for, and no attempt has succeeded since.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>The place for an attempt now; null: there is no place, or it is not yet time.</summary>
    public WireMessage.PortAt? Next()
    {
        if (clock.GetElapsedTime(_failedAt) < _pause.Current)
        {
            return null;
        }

        return fixedEndpoint ?? (_isProvedNext ? _proved ?? _told : _told ?? _proved);
    }

    /// <summary>Whether to ask for the place now. It is unknown, or attempts there fail.</summary>
    public bool MustAsk()
    {
        var pause = _pause.Current == default ? AskPause : LongestPause;
        if (fixedEndpoint is not null || (_askedAt is { } at && clock.GetElapsedTime(at) < pause))
        {
            return false;
        }

        _askedAt = clock.GetTimestamp();
        return IsAsked = true;
    }

    /// <summary>The node may be at this place.</summary>
    /// <returns>The next attempt is at another place than the last one.</returns>
    public bool Learn(WireMessage.PortAt endpoint)
    {
        var isNew = fixedEndpoint is null && _told != endpoint;
        _told = endpoint;
        return isNew;
    }

    /// <summary>The node has told this place, and no attempt there has succeeded yet.</summary>
    public bool IsUnproved(WireMessage.PortAt endpoint) => fixedEndpoint is null && endpoint != _proved;

    /// <summary>The next attempt need not wait.</summary>
    public void Hurry() => _pause.Reset();

    /// <summary>The node was at this place.</summary>
    public void OnConnected(WireMessage.PortAt endpoint)
    {
        (_proved, _isProvedNext, IsAsked) = (endpoint, false, false);
        _pause.Reset();
    }

    /// <summary>No message waits for the node. The next one may ask at once.</summary>
    public void OnForgotten() => (_askedAt, IsAsked) = (null, false);

    /// <summary>The attempt has failed. The next one is at the other place, if there are two.</summary>
    public void OnFailed()
    {
        _isProvedNext = !_isProvedNext;
        _pause.Grow();
        _failedAt = clock.GetTimestamp();
    }
}

/// <summary>The pause after a failed attempt to connect: twice as long each time, up to a limit. Not thread-safe.</summary>
internal sealed class GrowingPause(TimeSpan first, TimeSpan longest)
{
    /// <summary>The pause after the latest failure. Zero: none since the last <see cref="Reset"/>.</summary>
    public TimeSpan Current { get; private set; }

    /// <summary>An attempt has failed.</summary>
    public void Grow() => Current = Current == default ? first : Current < longest / 2 ? 2 * Current : longest;

    /// <summary>An attempt has succeeded, or the next one need not wait.</summary>
    public void Reset() => Current = default;
}
