using System.Diagnostics;

namespace RaftActors.Benchmarks.Store;

/// <summary>What one part of a round measured.</summary>
/// <param name="Batch">Appends that went to the disk with one write.</param>
/// <param name="BatchBytes">Bytes of such a write.</param>
/// <param name="AppendsPerSecond">While it was busy.</param>
/// <param name="MedianMicroseconds">Of what is told apart by <see cref="StoreBenchmark"/>: a write with its sync, or an append.</param>
/// <param name="P99Microseconds">Of the same.</param>
/// <param name="GarbageBytes">Allocated, for each append.</param>
internal sealed record Round(
    double Batch, double BatchBytes, double AppendsPerSecond, double MedianMicroseconds, double P99Microseconds, double GarbageBytes)
{
    /// <param name="batches">How many.</param>
    /// <param name="bytes">Of all batches.</param>
    /// <param name="appends">In all batches.</param>
    /// <param name="busy">Ticks that it took in all.</param>
    /// <param name="ticks">How long each took; sorted by this.</param>
    /// <param name="garbage">Bytes that were allocated.</param>
    public static Round Of(long batches, long bytes, double appends, long busy, Span<long> ticks, long garbage)
    {
        ticks.Sort();
        var seconds = (double)busy / Stopwatch.Frequency;
        return new Round(
            appends / batches, (double)bytes / batches, appends / seconds, At(ticks, 0.5), At(ticks, 0.99), garbage / appends);
    }

    /// <summary>The median of each number by itself.</summary>
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
