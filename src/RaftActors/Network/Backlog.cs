namespace RaftActors.Network;

/// <summary>Counts what waits for its taker, and bounds the number and the bytes. Thread-safe.</summary>
internal sealed class Backlog(int max, long sizeMaxBytes)
{
    /// <summary>The most calls that wait for one engine, or for the registry of a node.</summary>
    public const int CallsMax = 16_384;

    /// <summary>The most bytes of these calls.</summary>
    public const long CallsSizeMaxBytes = 64 * 1024 * 1024;

    private int _count;
    private long _bytes;

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>
    /// Bounds the calls that came from other programs and that one engine has not taken. Calls above the bound are declined. Backpressure
    /// alone is no bound: many connections feed one engine, and those of other nodes also carry heartbeats, so they are always read.
    /// </summary>
    public static Backlog OfCalls() => new(CallsMax, CallsSizeMaxBytes);

    /// <summary>Counts one more. Returns false, and counts nothing, if there is no room.</summary>
    public bool TryAdd(int sizeBytes)
    {
        // Without a lock, because each call of each connection comes here. Of two last ones that meet, the bytes may let both in.
        if (Interlocked.Increment(ref _count) > max || Bytes >= sizeMaxBytes)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        Interlocked.Add(ref _bytes, sizeBytes);
        return true;
    }

    public void OnTaken(int sizeBytes)
    {
        Interlocked.Add(ref _bytes, -sizeBytes);
        Interlocked.Decrement(ref _count);
    }
}
