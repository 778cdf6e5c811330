namespace RaftActors.Benchmarks.Actors;

/// <summary>Listens to all metrics of the program, as an exporter would, and adds up their values.</summary>
internal sealed class MetricSink : IDisposable
{
    private readonly MeterListener _listener = new();
    private double _sum;

    public MetricSink()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Raft.TelemetryName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Add(value));
        _listener.SetMeasurementEventCallback<double>((_, value, _, _) => Add(value));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    private void Add(double value)
    {
        lock (_listener)
        {
            _sum += value;
        }
    }
}
