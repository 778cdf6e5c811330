namespace RaftTrials.Servers;

/// <summary>Whether something grows.</summary>
internal static class Growth
{
    /// <summary>
    /// The growth an hour, relative to the mean of the values; 0.1: a tenth. The slope is the median of those between all pairs of
    /// samples (Theil and Sen), so noise and a few wrong samples hardly change it.
    /// </summary>
    /// <param name="samples">Two or more, at different times.</param>
    public static double AnHour(IReadOnlyList<(TimeSpan At, double Value)> samples)
    {
        var slopes = samples.SelectMany((from, place) => samples.Skip(place + 1)
            .Select(to => (to.Value - from.Value) / (to.At - from.At).TotalHours)).Order().ToList();
        var median = (slopes[(slopes.Count - 1) / 2] + slopes[slopes.Count / 2]) / 2;
        return median == 0 ? 0 : median / samples.Average(sample => sample.Value);
    }
}
