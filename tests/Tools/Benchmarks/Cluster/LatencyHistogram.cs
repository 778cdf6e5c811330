using System.Numerics;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// Counts durations in buckets of at most 1/64 of their value, from one tick of 100 ns to days. Makes no garbage. Thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int BitsOfBucket = 6;
    private const int BucketsOfPower = 1 << BitsOfBucket;

    private readonly long[] _counts = new long[(64 - BitsOfBucket) * BucketsOfPower];
    private long _count;
    private long _maxTicks;

    public long Count => Volatile.Read(ref _count);

    public double MaxMicroseconds => Microseconds(Volatile.Read(ref _maxTicks));

    public void Add(TimeSpan duration)
    {
        var ticks = Math.Max(0, duration.Ticks);
        Interlocked.Increment(ref _counts[BucketOf(ticks)]);
        Interlocked.Increment(ref _count);
        var max = Volatile.Read(ref _maxTicks);
        while (ticks > max && Interlocked.CompareExchange(ref _maxTicks, ticks, max) is var seen && seen != max)
        {
            max = seen;
        }
    }

    /// <summary>The upper end of the bucket that holds this share of the durations, in microseconds.</summary>
    /// <param name="share">0 to 1.</param>
    public double Percentile(double share)
    {
        var left = (long)Math.Ceiling(share * Count);
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            left -= _counts[bucket];
            if (left <= 0)
            {
                return Math.Min(Microseconds(EndOf(bucket)), MaxMicroseconds);
            }
        }

        return MaxMicroseconds;
    }

    // Up to 64 ticks each has its own bucket. Above, each power of two is divided into 64.
    private static int BucketOf(long ticks)
    {
        if (ticks < BucketsOfPower)
        {
            return (int)ticks;
        }

        var shift = BitOperations.Log2((ulong)ticks) - BitsOfBucket;
        return ((shift + 1) * BucketsOfPower) + (int)((ticks >> shift) - BucketsOfPower);
    }

    private static long EndOf(int bucket)
    {
        var shift = (bucket / BucketsOfPower) - 1;
        return shift < 0 ? bucket : ((((long)bucket % BucketsOfPower) + BucketsOfPower + 1) << shift) - 1;
    }

    private static double Microseconds(long ticks) => ticks / (double)TimeSpan.TicksPerMicrosecond;
}
