using System.Diagnostics.Metrics;
using System.Globalization;

namespace RaftApp;

/// <summary>
/// The metrics of one meter as a page for Prometheus. A histogram shows its count and sum. OpenTelemetry's packages can replace this
/// class. Thread-safe.
/// </summary>
public sealed class MetricsPage : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (string Type, SortedDictionary<string, double> Values)> _instruments = [];
    private readonly MeterListener _listener = new();

    public MetricsPage(string meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Reads the gauges, and writes all values in Prometheus's text format.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        lock (_lock)
        {
            return string.Concat(_instruments.Select(instrument => $"# TYPE {instrument.Key} {instrument.Value.Type}\n"
                + string.Concat(instrument.Value.Values.Select(each => string.Create(
                    CultureInfo.InvariantCulture, $"{instrument.Key}{each.Key} {each.Value}\n")))));
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = tags.Length == 0 ? "" : $"{{{string.Join(",", tags.ToArray().Select(tag => $"{Name(tag.Key)}=\"{tag.Value}\""))}}}";
        var type = instrument is Counter<long> ? "counter" : instrument is Histogram<double> or Histogram<long> ? "summary" : "gauge";
        lock (_lock)
        {
            if (!_instruments.TryGetValue(Name(instrument.Name), out var shown))
            {
                _instruments.Add(Name(instrument.Name), shown = (type, new(StringComparer.Ordinal)));
            }

            switch (type)
            {
                case "counter":
                    Add(labels, value);
                    break;
                case "summary":
                    Add($"_count{labels}", 1);
                    Add($"_sum{labels}", value);
                    break;
                default:
                    shown.Values[labels] = value;
                    break;
            }

            void Add(string series, double more) => shown.Values[series] = shown.Values.GetValueOrDefault(series) + more;
        }
    }

    private static string Name(string name) => name.Replace('.', '_');
}
