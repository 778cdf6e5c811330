namespace RaftTrials.Servers;

/// <summary>Whether something grows.</summary>
internal static class Growth
{
    /// <summary>
    /// The growth an hour, relative to the median of the values; 0.1: a tenth. The slope is the median of those between all pairs of
    /// samples (Theil and Sen), so noise and a few wrong samples hardly change it.
    /// </summary>
    /// <param name="samples">Two or more, at different times.</param>
    public static double AnHour(IReadOnlyList<(TimeSpan At, double Value)> samples)
    {
        var slope = Median(samples.SelectMany((from, place) => samples.Skip(place + 1)
            .Select(to => (to.Value - from.Value) / (to.At - from.At).TotalHours)));
        return slope == 0 ? 0 : slope / Median(samples.Select(sample => sample.Value));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
