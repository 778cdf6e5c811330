using System.Diagnostics;

namespace RaftTrials.Check;

/// <summary>How long nothing was committed.</summary>
internal static class Gaps
{
    /// <summary>
    /// The longest time between two answers that said committed, of those from the last before one moment to the last before another one;
    /// null if there are no two.
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

    /// <summary>Half of them are not longer, and the longest: in milliseconds.</summary>
    public static string Summary(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? "none" : $"p50 {Text(sorted[(sorted.Count - 1) / 2])}, max {Text(sorted[^1])} of {sorted.Count}";
    }

    public static string Text(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
