namespace RaftTrials.Servers;

/// <summary>Whether something grows.</summary>
public static class Growth
{
    // Some teeth of a log between two snapshots, and of a pool of threads.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(3);

    /// <summary>
    /// The growth an hour, relative to the median; 0.1: a tenth. Teeth are no growth, so only the lowest value of
    /// each three minutes counts. The slope is the median of those between all pairs of them (Theil and Sen), so noise and a few wrong
    /// samples hardly change it.
    /// </summary>
    /// <param name="samples">Those of six minutes or more.</param>
    public static double AnHour(IReadOnlyList<(TimeSpan At, double Value)> samples)
    {
        var lows = samples.GroupBy(sample => Math.Floor(sample.At / Window)).OrderBy(window => window.Key)
            .Select(window => (Place: window.Key, Value: window.Min(sample => sample.Value))).ToList();
        var slope = Median(lows.SelectMany((from, place) => lows.Skip(place + 1)
            .Select(to => (to.Value - from.Value) / (to.Place - from.Place))));
        return slope == 0 ? 0 : slope * (TimeSpan.FromHours(1) / Window) / Median(lows.Select(low => low.Value));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
