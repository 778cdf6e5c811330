namespace TrialKit.Calls;

/// <summary>Times without a commit.</summary>
public static class Gaps
{
    /// <summary>
    /// The longest time between two successive commits, from the last one before <paramref name="from"/> to the last one before
    /// <paramref name="to"/>; null if there are fewer than two.
    /// </summary>
    public static TimeSpan? Longest(IEnumerable<WriteCall> calls, long from, long to = long.MaxValue)
    {
        var answers = calls.Where(call => call.End == WriteEnd.Committed && call.Ended <= to).Select(call => call.Ended).Order().ToList();
        var first = Math.Max(0, answers.FindLastIndex(answer => answer <= from));
        return answers.Count - first < 2
            ? null
            : answers.Skip(first).Zip(answers.Skip(first + 1)).Max(pair => Stopwatch.GetElapsedTime(pair.First, pair.Second));
    }

    /// <summary>The longest of these times for each group of calls: those of one client, or of one key.</summary>
    public static IEnumerable<TimeSpan> OfEach(
        IEnumerable<WriteCall> calls, Func<WriteCall, string> groupOf, long from, long to = long.MaxValue) =>
        calls.GroupBy(groupOf).Select(group => Longest(group, from, to)).OfType<TimeSpan>();

    /// <summary>The median and the maximum, in milliseconds.</summary>
    public static string Summary(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? "none" : $"p50 {Text(sorted[(sorted.Count - 1) / 2])}, max {Text(sorted[^1])} of {sorted.Count}";
    }

    public static string Text(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
