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

    /// <summary>The times of one interval, of which the latest are enough for its quantiles.</summary>
    private sealed class Times
    {
        private readonly double[] _latest = new double[512];
        private long _count;

        public void Add(double seconds) => _latest[(Interlocked.Increment(ref _count) - 1) % _latest.Length] = seconds;

        public CommitTime? Take()
        {
            var count = Interlocked.Exchange(ref _count, 0);
            double[] sorted = [.. _latest.Take((int)Math.Min(count, _latest.Length)).Order()];
            return count == 0 ? null : new(count, sorted[sorted.Length / 2] * 1000, sorted[sorted.Length * 99 / 100] * 1000);
        }
    }
}

/// <summary>The times from Append to commit of one process in one interval.</summary>
/// <param name="Median">In milliseconds.</param>
/// <param name="High">The 99th percentile, in milliseconds.</param>
internal sealed record CommitTime(long Count, double Median, double High);
