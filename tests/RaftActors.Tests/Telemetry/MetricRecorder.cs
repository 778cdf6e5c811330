using System.Diagnostics.Metrics;

namespace RaftActors.Tests.Telemetry;

/// <summary>
/// Records the measurements with one value of one tag. Instruments are shared by all tests of a run, so each test chooses a value that no
/// other test uses.
/// </summary>
internal sealed class MetricRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measured> _all = new();

    /// <param name="tag">The name of the tag.</param>
    /// <param name="isWanted">Selects its values.</param>
    public MetricRecorder(string tag, Predicate<string> isWanted)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Raft.TelemetryName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var all = tags.ToArray().ToDictionary(each => each.Key, each => (string)each.Value!); // Justification: each tag is a text.
            if (all.TryGetValue(tag, out var found) && isWanted(found))
            {
                _all.Enqueue(new Measured(instrument, value, all));
            }
        }
    }

    public IEnumerable<Measured> All => _all;

    /// <summary>The measurements of an instrument so far.</summary>
    public IEnumerable<Measured> Of(string instrument) => _all.Where(each => each.Instrument.Name == instrument);

    /// <summary>The present values of a gauge.</summary>
    public List<Measured> Observe(string gauge)
    {
        var before = Of(gauge).Count();
        _listener.RecordObservableInstruments();
        return [.. Of(gauge).Skip(before)];
    }

    public void Dispose() => _listener.Dispose();

    internal sealed record Measured(Instrument Instrument, double Value, IReadOnlyDictionary<string, string> Tags)
    {
        /// <summary>The process and the other tags, in their order: <c>raft1 outcome=done</c>.</summary>
        public string Place => string.Join(' ', Tags.Skip(2).Select(tag => $"{tag.Key}={tag.Value}").Prepend(Process));

        private string Process => Tags["raft.process"].Split('@')[0];

        public override string ToString() => FormattableString.Invariant($"{Place}: {Value}");
    }
}
