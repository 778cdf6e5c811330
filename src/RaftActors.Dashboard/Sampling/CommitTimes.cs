using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RaftActors.Dashboard.Sampling;

/// <summary>
/// The times of commits that the processes of this program measure, while this object lives. Without a listener, the metric reads no
/// clock. Thread-safe.
/// </summary>
internal sealed class CommitTimes : IDisposable
{
    private const string Metric = "raft.commit.duration";

    private readonly ConcurrentDictionary<(string Group, string Process), Times> _times = new();
    private readonly MeterListener _listener = new();

    public CommitTimes()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == Raft.TelemetryName && instrument.Name == Metric)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => Add(seconds, tags));
        _listener.Start();
    }

    /// <summary>Takes the times of one process since the last call, or null without any.</summary>
    public CommitTime? Take(string group, ProcessName process) =>
        _times.TryGetValue((group, process.Value), out var times) ? times.Take() : null;

    public void Dispose() => _listener.Dispose();

    private void Add(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // The order of ProcessTelemetry.Tags.
        if (tags is [{ Value: string group }, { Value: string process }, ..])
        {
            _times.GetOrAdd((group, process), static _ => new Times()).Add(seconds);
        }
    }

    /// <summary>A histogram whose buckets grow by a fifth, from one microsecond to half a minute.</summary>
    private sealed class Times
    {
        private const int BucketsPerDoubling = 4;
        private readonly long[] _counts = new long[25 * BucketsPerDoubling];

        public void Add(double seconds)
        {
            var bucket = (int)(Math.Log2(Math.Max(1, seconds * 1e6)) * BucketsPerDoubling);
            Interlocked.Increment(ref _counts[Math.Min(bucket, _counts.Length - 1)]);
        }

        public CommitTime? Take()
        {
            var counts = new long[_counts.Length];
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] = Interlocked.Exchange(ref _counts[i], 0);
            }

            var total = counts.Sum();
            return total == 0 ? null : new CommitTime(total, Quantile(counts, total, 0.5), Quantile(counts, total, 0.99));
        }

        private static double Quantile(long[] counts, long total, double part)
        {
            var rank = (long)Math.Ceiling(total * part);
            var bucket = 0;
            for (var sum = counts[0]; sum < rank; sum += counts[bucket])
            {
                bucket++;
            }

            // The middle of the bucket, in milliseconds.
            return Math.Pow(2, (bucket + 0.5) / BucketsPerDoubling) / 1000;
        }
    }
}

/// <summary>The times from Append to commit of one process in one interval.</summary>
/// <param name="Median">In milliseconds.</param>
/// <param name="High">The 99th percentile, in milliseconds.</param>
internal sealed record CommitTime(long Count, double Median, double High);
