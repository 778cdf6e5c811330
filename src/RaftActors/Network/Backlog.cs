namespace RaftActors.Network;

/// <summary>Counts what waits for its taker, and bounds the number and the bytes. Thread-safe.</summary>
internal sealed class Backlog(int max, long sizeMaxBytes)
{
    /// <summary>The most calls of other nodes that wait for one engine.</summary>
    public const int PassedOnMax = 16_384;

    /// <summary>The most bytes of these calls.</summary>
    public const long PassedOnSizeMaxBytes = 64 * 1024 * 1024;

    private readonly Lock _lock = new();

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>
    /// Bounds the calls that other nodes have forwarded and one engine has not taken. Calls above the bound are declined. Backpressure is
    /// impossible here, because the forwarding nodes have already taken the calls out of their clients' windows, and their connections
    /// also carry heartbeats.
    /// </summary>
    public static Backlog OfPassedOnCalls() => new(PassedOnMax, PassedOnSizeMaxBytes);

    /// <summary>Counts one more. Returns false, and counts nothing, if there is no room.</summary>
    public bool TryAdd(int sizeBytes)
    {
        lock (_lock)
        {
            if (Count >= max || Bytes >= sizeMaxBytes)
            {
                return false;
            }

            (Count, Bytes) = (Count + 1, Bytes + sizeBytes);
            return true;
        }
    }

    public void OnTaken(int sizeBytes)
    {
        lock (_lock)
        {
            (Count, Bytes) = (Count - 1, Bytes - sizeBytes);
        }
    }
}
