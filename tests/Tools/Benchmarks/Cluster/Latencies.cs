using System.Text.Json.Serialization;

using HdrHistogram;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>A time in timestamps of <see cref="Stopwatch"/>, which all processes of a machine share.</summary>
public readonly record struct Interval(long From, long To)
{
    [JsonIgnore]
    public TimeSpan Duration => Stopwatch.GetElapsedTime(From, To);

    public bool Overlaps(Interval other) => From < other.To && other.From < To;
}

/// <summary>Durations in an HdrHistogram: from 100 ns to an hour, with three significant digits. Thread-safe.</summary>
public sealed class Latencies
{
    private readonly LongConcurrentHistogram _ticks = new(1, TimeSpan.TicksPerHour, 3);

    public static Latencies Of(IEnumerable<Interval> times)
    {
        var latencies = new Latencies();
        foreach (var time in times)
        {
            latencies.Add(time.Duration);
        }

        return latencies;
    }

    public long Count => _ticks.TotalCount;

    /// <summary>p50, p99, p99.9 and maximum, in microseconds.</summary>
    public double[] Microseconds => [Percentile(50), Percentile(99), Percentile(99.9), Percentile(100)];

    public void Add(TimeSpan duration) => _ticks.RecordValue(Math.Clamp(duration.Ticks, 0, TimeSpan.TicksPerHour));

    /// <param name="percent">0 to 100.</param>
    /// <returns>Microseconds, or 0 if there are no durations.</returns>
    public double Percentile(double percent) =>
        Count == 0 ? 0 : TimeSpan.FromTicks(_ticks.GetValueAtPercentile(percent)).TotalMicroseconds;

    /// <summary>Those with more than p99.</summary>
    public Interval[] Slow(IEnumerable<Interval> times)
    {
        var limit = Percentile(99);
        return [.. times.Where(time => time.Duration.TotalMicroseconds > limit)];
    }
}
