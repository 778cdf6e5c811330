using System.Diagnostics;

namespace RaftActors.Simulator;

/// <summary>
/// Shortens a schedule that fails (delta debugging): leaves out kinds first, then halves, then smaller parts, while it still fails. An
/// event that is left out changes the events after it. So the remaining events are sufficient, but not always necessary.
/// </summary>
internal static class Shrinker
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);

    public static List<FaultEvent> Shrink(List<FaultEvent> events, Predicate<List<FaultEvent>> stillFails)
    {
        var clock = Stopwatch.StartNew();
        var rest = events;
        foreach (var kind in events.Select(one => one.Kind).Distinct())
        {
            var without = rest.FindAll(one => one.Kind != kind);
            rest = clock.Elapsed < WaitMax && stillFails(without) ? without : rest;
        }

        for (var size = Math.Max(1, rest.Count / 2); size >= 1 && clock.Elapsed < WaitMax;)
        {
            var count = rest.Count;
            rest = ShrinkBy(size, rest, stillFails, clock);
            size = size > 1 ? size / 2 : rest.Count < count ? 1 : 0;
        }

        return rest;
    }

    private static List<FaultEvent> ShrinkBy(int size, List<FaultEvent> rest, Predicate<List<FaultEvent>> stillFails, Stopwatch clock)
    {
        for (var start = 0; start < rest.Count && clock.Elapsed < WaitMax;)
        {
            List<FaultEvent> without = [.. rest[..start], .. rest[Math.Min(start + size, rest.Count)..]];
            if (stillFails(without))
            {
                rest = without;
            }
            else
            {
                start += size;
            }
        }

        return rest;
    }
}
