using System.Diagnostics;

namespace RaftTrials.Check;

/// <summary>Times without a commit.</summary>
internal static class Gaps
{
    /// <summary>
    /// The longest time between two successive commits, from the last one before <paramref name="from"/> to the last one before
    /// <paramref name="to"/>; null if there are fewer than two.
    /// </summary>
    public static TimeSpan? Longest(IEnumerable<Attempt> attempts, long from, long to)
    {
        var answers = attempts.Where(attempt => attempt.Outcome == Outcome.Committed && attempt.Ended <= to)
            .Select(attempt => attempt.Ended).Order().ToList();
        var first = Math.Max(0, answers.FindLastIndex(answer => answer <= from));
        return answers.Count - first < 2
            ? null
            : answers.Skip(first).Zip(answers.Skip(first + 1)).Max(pair => Stopwatch.GetElapsedTime(pair.First, pair.Second));
    }

    /// <summary>The median and the maximum, in milliseconds.</summary>
    public static string Summary(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? "none" : $"p50 {Text(sorted[(sorted.Count - 1) / 2])}, max {Text(sorted[^1])} of {sorted.Count}";
    }

    public static string Text(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
