using System.Globalization;

namespace RaftActors.Cli.Plan;

/// <summary>Times of elections that suit disk and network, and what is wrong with the given ones.</summary>
internal static class TimeoutAdvice
{
    // An election takes three round trips and three synced writes. With ten times that, a pause or a few slow syncs end no term.
    private const int Margin = 10;

    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(50);
    private static readonly Workload Defaults = new();

    /// <summary>The suggested heartbeat interval, and the shortest and the longest election timeout.</summary>
    public static (TimeSpan Heartbeat, TimeSpan Min, TimeSpan Max) Suggest(Workload given)
    {
        // A heartbeat above the round trip, so that each is answered before the next one.
        var heartbeat = Longer(Defaults.Heartbeat, RoundUp(given.RoundTrip * 1.25));
        var election = given.RoundTrip + given.SyncMost;
        var min = Longer(Longer(Defaults.ElectionMin, 4 * heartbeat), RoundUp(Margin * election));
        return (heartbeat, min, 2 * min);
    }

    /// <summary>Sentences about the given times that are too short; empty: they are long enough.</summary>
    public static IEnumerable<string> ProblemsOf(Workload given)
    {
        var (heartbeat, min, max) = Suggest(given);
        if (given.Heartbeat < given.RoundTrip)
        {
            yield return $"raft.heartbeat-interval = {Text(given.Heartbeat)} is below the round trip: set {Text(heartbeat)}.";
        }

        if (given.Heartbeat * 3 > given.ElectionMin)
        {
            yield return $"raft.election-timeout.min = {Text(given.ElectionMin)} is below three heartbeats, and raft refuses it: set "
                + $"{Text(min)}.";
        }
        else if (given.ElectionMin < Margin * (given.RoundTrip + given.SyncMost))
        {
            yield return $"raft.election-timeout.min = {Text(given.ElectionMin)} is short for this disk and network, and slow syncs would "
                + $"cause elections: set {Text(min)}.";
        }

        if (given.ElectionMax < 1.5 * given.ElectionMin)
        {
            yield return $"raft.election-timeout.max = {Text(given.ElectionMax)} is close to min, so that votes split: set {Text(max)}.";
        }
    }

    public static string Text(TimeSpan time) => time.TotalMilliseconds switch
    {
        >= 1000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##}s"),
        >= 10 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms"),
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0#}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0}us"),
    };

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan RoundUp(TimeSpan time) => Math.Ceiling(time / Grain) * Grain;
}
