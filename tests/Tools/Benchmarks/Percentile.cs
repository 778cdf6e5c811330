namespace RaftActors.Benchmarks;

/// <summary>Percentiles by the nearest rank: each is a figure that was measured.</summary>
internal static class Percentile
{
    /// <param name="sorted">The figures in order, at least one.</param>
    /// <param name="share">0 gives the lowest, 1 the highest.</param>
    public static double Of(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];

    /// <summary>The middle one of some figures; of an even number of them the upper one.</summary>
    public static double Median<T>(IEnumerable<T> items, Func<T, double> figure)
    {
        var sorted = items.Select(figure).Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
