using System.Diagnostics.Metrics;

namespace RaftActors.Storage.Tests.Log;

/// <summary>The metrics of syncs. Instruments are shared by all tests of a run, so this directory has a name of its own.</summary>
public sealed class SyncMetricsTests : IDisposable
{
    private static readonly StoreOptions Options = Life.Options with { Directory = "metered" };

    private readonly MeterListener _listener = new();
    private readonly List<long> _entries = [];
    private readonly List<double> _seconds = [];

    public SyncMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "RaftActors")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => AddIfOwn(_entries, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, _) => AddIfOwn(_seconds, value, tags));
    }

    [Fact]
    public void Each_sync_is_measured_with_the_entries_that_it_makes_durable()
    {
        var life = new Life(new ModelDisk(), Options);
        life.Open();
        var start = Stopwatch.GetTimestamp();
        _listener.Start();

        life.Queue("a", Life.Entry(1), Life.Entry(2)).Write("a", Life.Entry(3));
        life.Write("a", new HardState(new Term(1), null, []));
        life.Write("a", Life.Entry(4));

        Assert.Equal([3, 0, 1], _entries);
        Assert.Equal(3, _seconds.Count);
        Assert.InRange(_seconds.Sum(), 0, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    public void Dispose() => _listener.Dispose();

    // Allocates nothing for the syncs of other tests, which may measure their garbage.
    private static void AddIfOwn<T>(List<T> values, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags is [{ Key: "raft.directory", Value: "metered" }])
        {
            values.Add(value);
        }
    }
}
