using System.Diagnostics.Metrics;

using Akka.Actor;

namespace RaftActors.Telemetry;

/// <summary>A histogram of durations of one process. Reads the clock only if there is a listener. Thread-safe.</summary>
internal sealed class DurationMetric(Histogram<double> histogram, KeyValuePair<string, object?>[] tags, ITimeProvider clock)
{
    /// <summary>The bounds of the buckets, in seconds. A listener may use others.</summary>
    private static readonly InstrumentAdvice<double> Advice = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    public static Histogram<double> Create(string name, string description) =>
        RaftTelemetry.Meter.CreateHistogram(name, "s", description, tags: null, Advice);

    public static TimeSpan NotMeasured => TimeSpan.MinValue;

    /// <summary>Returns the time for <see cref="Stop"/>, or <see cref="NotMeasured"/> without a listener.</summary>
    public TimeSpan Start() => histogram.Enabled ? clock.HighResMonotonicClock : NotMeasured;

    public void Stop(TimeSpan started)
    {
        if (started != NotMeasured)
        {
            histogram.Record((clock.HighResMonotonicClock - started).TotalSeconds, tags);
        }
    }
}
