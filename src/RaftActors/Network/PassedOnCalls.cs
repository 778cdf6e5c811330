namespace RaftActors.Network;

/// <summary>
/// Bounds the calls that other nodes have sent and one engine has not taken. Those nodes have taken the calls out of the windows of their
/// clients, and their connections cannot stop, because heartbeats come by them. So calls above the bound are declined, and not waited for.
/// Thread-safe.
/// </summary>
internal sealed class PassedOnCalls
{
    public const int Max = 16_384;
    public const long SizeMaxBytes = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private int _count;
    private long _bytes;

    /// <summary>A call comes. False: it must be declined.</summary>
    public bool TryAdd(int sizeBytes)
    {
        lock (_lock)
        {
            if (_count >= Max || _bytes >= SizeMaxBytes)
            {
                return false;
            }

            (_count, _bytes) = (_count + 1, _bytes + sizeBytes);
            return true;
        }
    }

    /// <summary>The engine has taken a call.</summary>
    public void OnTaken(int sizeBytes)
    {
        lock (_lock)
        {
            (_count, _bytes) = (_count - 1, _bytes - sizeBytes);
        }
    }
}
