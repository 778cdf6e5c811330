using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>For each round of a fault: the longest time that a key took no write.</summary>
internal sealed class Downtimes
{
    private readonly List<TimeSpan> _times = [];

    /// <summary>Adds a round, when each key is served again.</summary>
    /// <param name="from">When the fault began.</param>
    public void Add(Cluster cluster, long from) => _times.Add(cluster.Book.LongestWithout(from));

    public override string ToString()
    {
        if (_times.Count == 0)
        {
            return "no round";
        }

        var sorted = _times.Order().ToList();
        return $"a key without a write for p50 {At(50)}, p99 {At(99)} of {sorted.Count} rounds";

        string At(int percent) => $"{sorted[Math.Max(0, (int)Math.Ceiling(sorted.Count * percent / 100.0) - 1)].TotalMilliseconds:0} ms";
    }
}
