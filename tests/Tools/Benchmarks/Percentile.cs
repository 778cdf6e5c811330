namespace RaftActors.Benchmarks;

/// <summary>Percentiles by the nearest rank: each is a figure that was measured.</summary>
internal static class Percentile
{
    /// <param name="sorted">The figures in order, at least one.</param>
    /// <param name="share">0 gives the lowest, 1 the highest.</param>
    public static double Of(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
