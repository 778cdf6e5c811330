using System.Diagnostics.Metrics;

namespace RaftActors.Examples;

/// <summary>The listener that docs/monitoring.md shows.</summary>
public static class Metrics
{
    /// <summary>Passes a line for each measurement to <paramref name="write"/>, on the thread that measures. Dispose ends it.</summary>
    public static MeterListener ListenTo(Action<string> write)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == Raft.TelemetryName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => write(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => write(Line(instrument, value, tags)));
        listener.Start();
        return listener;

        static string Line(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            $"{instrument.Name} {value} {instrument.Unit} {string.Join(' ', tags.ToArray())}";
    }
}
