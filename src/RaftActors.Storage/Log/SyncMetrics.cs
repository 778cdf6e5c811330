using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RaftActors.Storage.Log;

/// <summary>
/// <c>raft.fsync.duration</c> and <c>raft.fsync.entries</c>: the syncs of one log. The tag is the directory, because processes that share
/// it share its syncs.
/// </summary>
/// <param name="hasClock">If false, no clock is read without a listener, so that a run in virtual time can be repeated.</param>
internal sealed class SyncMetrics(string directory, bool hasClock)
{
    // The library for users has a meter of the same name, so that a program gets all metrics by one name.
    private static readonly Meter Meter = new("RaftActors");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "raft.fsync.duration",
        "s",
        "Time of a sync of the log.",
        tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        });

    private static readonly Histogram<long> Entries = Meter.CreateHistogram(
        "raft.fsync.entries",
        "{entry}",
        "Entries that a sync made durable.",
        tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096] });

    private readonly KeyValuePair<string, object?> _directory = new("raft.directory", directory);

    private readonly SyncTimes? _times = hasClock ? new SyncTimes(TimeProvider.System) : null;

    /// <inheritdoc cref="IRaftStore.SyncTime"/>
    public TimeSpan? Longest => _times?.Longest;

    /// <summary>Begins a sync. Returns the time for <see cref="Stop"/>, or null without a listener.</summary>
    public long? Start()
    {
        _times?.Begin();
        return Duration.Enabled ? Stopwatch.GetTimestamp() : null;
    }

    /// <summary>Ends a sync, successful or failed.</summary>
    public void End() => _times?.End();

    /// <summary>Records a successful sync of these entries.</summary>
    public void Stop(long? started, long entries)
    {
        if (started is { } start)
        {
            Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, _directory);
        }

        Entries.Record(entries, _directory);
    }
}
