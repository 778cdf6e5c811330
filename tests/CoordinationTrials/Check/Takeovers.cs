using System.Diagnostics;

namespace CoordinationTrials.Check;

/// <summary>How long resources had no writer when their holder was stopped.</summary>
internal sealed class Takeovers
{
    private readonly Dictionary<string, List<TimeSpan>> _times = [];

    /// <param name="kind">The kind of the resource, such as "singleton".</param>
    public void Add(string kind, Write last, Write first)
    {
        if (!_times.TryGetValue(kind, out var times))
        {
            _times.Add(kind, times = []);
        }

        times.Add(Stopwatch.GetElapsedTime(last.At, first.At));
    }

    public override string ToString() => _times.Count == 0
        ? "no takeover"
        : $"takeover {string.Join(", ", _times.Keys.Order(StringComparer.Ordinal).Select(kind => Of(kind, _times[kind])))}";

    private static string Of(string kind, List<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return $"{kind} p50 {At(50)}, p99 {At(99)} ({sorted.Count})";

        string At(int percent) => $"{sorted[(int)Math.Ceiling(sorted.Count * percent / 100.0) - 1].TotalMilliseconds:0} ms";
    }
}
