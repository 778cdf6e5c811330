using System.Diagnostics;

namespace RaftActors.Benchmarks.Store;

/// <summary>The measurements of one part of a round.</summary>
/// <param name="Batch">Mean appends in one write.</param>
/// <param name="BatchBytes">Mean bytes of one write.</param>
/// <param name="AppendsPerSecond">Appends per second of busy time.</param>
/// <param name="MedianMicroseconds">Median duration of a write with its sync, or of an append: see <see cref="StoreBenchmark"/>.</param>
/// <param name="P99Microseconds">99th percentile of the same.</param>
/// <param name="GarbageBytes">Bytes allocated for each append.</param>
internal sealed record Round(
    double Batch, double BatchBytes, double AppendsPerSecond, double MedianMicroseconds, double P99Microseconds, double GarbageBytes)
{
    /// <param name="batches">Number of batches.</param>
    /// <param name="bytes">Bytes of all batches.</param>
    /// <param name="appends">Appends in all batches.</param>
    /// <param name="busy">Total duration in ticks.</param>
    /// <param name="ticks">Single durations in ticks. This method sorts them.</param>
    /// <param name="garbage">Allocated bytes.</param>
    public static Round Of(long batches, long bytes, double appends, long busy, Span<long> ticks, long garbage)
    {
        ticks.Sort();
        var seconds = (double)busy / Stopwatch.Frequency;
        return new Round(
            appends / batches, (double)bytes / batches, appends / seconds, At(ticks, 0.5), At(ticks, 0.99), garbage / appends);
    }

    /// <summary>The median of each measurement separately.</summary>
    public static Round MedianOf(IReadOnlyList<Round> rounds) => new(
        Median(rounds, round => round.Batch),
        Median(rounds, round => round.BatchBytes),
        Median(rounds, round => round.AppendsPerSecond),
        Median(rounds, round => round.MedianMicroseconds),
        Median(rounds, round => round.P99Microseconds),
        Median(rounds, round => round.GarbageBytes));

    public static double Median<T>(IEnumerable<T> items, Func<T, double> number)
    {
        var sorted = items.Select(number).Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static double At(Span<long> sorted, double part) =>
        sorted[(int)(part * (sorted.Length - 1))] * 1e6 / Stopwatch.Frequency;
}
