using System.Diagnostics.Tracing;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>Events in the window of an open loop.</summary>
/// <param name="SlowCalls">The calls above p99.</param>
/// <param name="Pauses">The times in which the process stood still, as for a collection.</param>
/// <param name="Syncs">p50, p99, p99.9 and maximum of the syncs of the log, in microseconds.</param>
/// <param name="SlowSyncs">The syncs above p99.</param>
/// <param name="Waits">
/// The number of Appends that waited for 0, 1, 2 and more syncs. The last sync of each is the one with its entry. Empty: unknown.
/// </param>
public sealed record Events(
    Interval Window, Interval[] SlowCalls, Interval[] Pauses, int SyncCount, double[] Syncs, Interval[] SlowSyncs, long[] Waits)
{
    /// <summary>The share of the slow calls during which one of these ran.</summary>
    public double ShareDuring(Interval[] causes) => SlowCalls.Count(call => causes.Any(call.Overlaps)) / (double)SlowCalls.Length;

    /// <summary>The same for calls of these durations half a window away. The difference is the share that the causes explain.</summary>
    public double ShareByChance(Interval[] causes)
    {
        var half = (Window.To - Window.From) / 2;
        return (this with
        {
            SlowCalls = [.. SlowCalls.Select(call => call.From < Window.From + half
                ? new Interval(call.From + half, call.To + half)
                : new Interval(call.From - half, call.To - half))],
        }).ShareDuring(causes);
    }
}

/// <summary>Records the pauses of this process, and the syncs and commits of one of its nodes, until Dispose. Thread-safe.</summary>
public sealed class NodeWatch : EventListener
{
    private const EventKeywords Collections = (EventKeywords)1;

    private readonly string _port;
    private readonly MeterListener _metrics = new();
    private readonly Lock _lock = new();
    private readonly List<Interval> _pauses = [];
    private readonly List<(Interval Time, long Entries)> _syncs = [];
    private readonly List<long> _arrivals = [];
    private long _pause;
    private Interval _sync;
    private long _entries;

    /// <param name="port">The port of the node. Its directory has that name.</param>
    public NodeWatch(string port)
    {
        _port = port;
        _metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Raft.TelemetryName
                && instrument.Name is "raft.fsync.duration" or "raft.fsync.entries" or "raft.commit.duration")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _metrics.SetMeasurementEventCallback<double>(OnDuration);
        _metrics.SetMeasurementEventCallback<long>(OnEntries);
        _metrics.Start();
    }

    /// <summary>Counts for each Append the syncs that ended from its arrival to the end of the sync with its entry.</summary>
    /// <param name="appends">The arrival of each Append at the leader, and the number of its entry, in the order of the entries.</param>
    /// <param name="syncs">The end of each sync, and the entries that are durable then.</param>
    public static long[] WaitsOf(IEnumerable<(long Arrival, long Entry)> appends, IReadOnlyList<(long End, long Entries)> syncs)
    {
        var (waits, own) = (new long[4], 0);
        foreach (var (arrival, entry) in appends)
        {
            while (own < syncs.Count && syncs[own].Entries < entry)
            {
                own++;
            }

            if (own == syncs.Count)
            {
                break; // The followers have committed it before this log is synced.
            }

            var first = own + 1;
            while (first > 0 && syncs[first - 1].End > arrival)
            {
                first--;
            }

            waits[Math.Min(own + 1 - first, 3)]++;
        }

        return waits;
    }

    /// <param name="slow">The calls above p99 of this process.</param>
    public Events Read(Interval window, Interval[] slow)
    {
        lock (_lock)
        {
            Interval[] syncs = [.. _syncs.Select(sync => sync.Time).Where(window.Overlaps)];
            var durations = Latencies.Of(syncs);

            // Without other entries than those of Appends, the n-th committed Append has the n-th entry.
            var waits = _entries > _arrivals.Count ? [] : WaitsOf(
                _arrivals.Select((at, place) => (at, place + 1L)).Where(one => one.at >= window.From && one.at < window.To),
                [.. _syncs.Select(sync => (sync.Time.To, sync.Entries))]);
            return new Events(
                window, slow, [.. _pauses.Where(window.Overlaps)], syncs.Length, durations.Microseconds, durations.Slow(syncs), waits);
        }
    }

    public override void Dispose()
    {
        _metrics.Dispose();
        base.Dispose();
    }

    protected override void OnEventSourceCreated(EventSource source)
    {
        if (source.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(source, EventLevel.Informational, Collections);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs written)
    {
        var time = Stopwatch.GetTimestamp() - (long)((DateTime.UtcNow - written.TimeStamp).TotalSeconds * Stopwatch.Frequency);
        if (written.EventName?.StartsWith("GCSuspendEEBegin", StringComparison.Ordinal) == true)
        {
            _pause = time;
        }
        else if (written.EventName?.StartsWith("GCRestartEEEnd", StringComparison.Ordinal) == true)
        {
            lock (_lock)
            {
                _pauses.Add(new Interval(_pause, time));
            }
        }
    }

    private void OnDuration(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var now = Stopwatch.GetTimestamp();
        var start = now - (long)(seconds * Stopwatch.Frequency);
        lock (_lock)
        {
            if (instrument.Name == "raft.commit.duration")
            {
                _arrivals.Add(start);
            }
            else if (IsOwn(tags))
            {
                _sync = new Interval(start, now);
            }
        }
    }

    // Comes after the duration of the same sync.
    private void OnEntries(Instrument instrument, long entries, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        lock (_lock)
        {
            if (IsOwn(tags))
            {
                _entries += entries;
                _syncs.Add((_sync, _entries));
            }
        }
    }

    private bool IsOwn(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        tags is [{ Value: string directory }] && Path.GetFileName(directory) == _port;
}
