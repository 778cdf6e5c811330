using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// Decides whether and when a message arrives. A partition is a set of cut links, each in one direction. Partitions overlap, so chains,
/// bridges and processes that only send or only receive occur.
/// </summary>
internal sealed class SimulatedNetwork(GroupPlan plan, Prng prng)
{
    private readonly int _processes = plan.Processes.Count;
    private readonly int[] _cuts = new int[plan.Processes.Count * plan.Processes.Count];
    private readonly int[] _cutsOf = new int[plan.Processes.Count];
    private readonly long[] _latest = new long[plan.Processes.Count * plan.Processes.Count];

    /// <summary>The percentages of messages that are lost, duplicated and delayed.</summary>
    public int Loss { get; set; }

    public int Duplicates { get; set; }

    public int Delays { get; set; }

    public int DelayMax { get; set; }

    private int LatencyMax { get; set; } = plan.LatencyMax;

    public void Cut(bool[] links, int by)
    {
        for (var link = 0; link < links.Length; link++)
        {
            var change = links[link] ? by : 0;
            _cuts[link] += change;
            _cutsOf[link / _processes] += change;
            _cutsOf[link % _processes] += change;
        }
    }

    /// <summary>From now on every message arrives within this time.</summary>
    public void Heal(int most)
    {
        Array.Clear(_cuts);
        Array.Clear(_cutsOf);
        Loss = Duplicates = Delays = 0;
        LatencyMax = Math.Min(LatencyMax, most);
    }

    public bool IsCut(int from, int to) => _cuts[(from * _processes) + to] > 0;

    /// <summary>Whether a link to or from the process is cut.</summary>
    public bool HasCut(int process) => _cutsOf[process] > 0;

    public int Copies() => Loss > 0 && prng.Chance(Loss) ? 0 : Duplicates > 0 && prng.Chance(Duplicates) ? 2 : 1;

    public long Arrival(int from, int to, long now)
    {
        var isLate = Delays > 0 && prng.Chance(Delays);
        var at = now + (isLate ? prng.Between(LatencyMax, DelayMax) : prng.Between(20, LatencyMax));
        if (!plan.IsInOrder)
        {
            return at;
        }

        ref var latest = ref _latest[(from * _processes) + to];
        return latest = Math.Max(at, latest);
    }
}
