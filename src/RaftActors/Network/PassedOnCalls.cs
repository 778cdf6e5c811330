namespace RaftActors.Network;

/// <summary>
/// Bounds the calls that other nodes have forwarded and one engine has not taken. Calls above the bound are declined. Backpressure is
/// impossible here, because the forwarding nodes have already taken the calls out of their clients' windows, and their connections also
/// carry heartbeats. Thread-safe.
/// </summary>
internal sealed class PassedOnCalls
{
    public const int Max = 16_384;
    public const long SizeMaxBytes = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private int _count;
    private long _bytes;

    /// <summary>Counts a call. Returns false if it must be declined.</summary>
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

    public void OnTaken(int sizeBytes)
    {
        lock (_lock)
        {
            (_count, _bytes) = (_count - 1, _bytes - sizeBytes);
        }
    }
}
