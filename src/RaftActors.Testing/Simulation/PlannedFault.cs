using RaftActors.Core;

namespace RaftActors.Testing.Simulation;

/// <summary>One fault of a plan.</summary>
/// <param name="Lasts">After this time it is mended.</param>
/// <param name="Nodes">The nodes that it hits, by number.</param>
/// <param name="Choice">Chooses the rest.</param>
internal sealed record PlannedFault(SimulationFaults Kind, TimeSpan At, TimeSpan Lasts, int[] Nodes, int Choice)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Plans the faults of a run, apart from all other choices. So a run without some of them is like the run with all of them.
    /// </summary>
    public static List<PlannedFault> Plan(long seed, SimulationFaults kinds, int nodes, TimeSpan duration)
    {
        SimulationFaults[] single =
        [
            .. Enum.GetValues<SimulationFaults>()
                .Where(kind => kind is not (SimulationFaults.None or SimulationFaults.All) && kinds.HasFlag(kind)),
        ];
        Prng prng = new(~(ulong)seed);
        List<PlannedFault> plan = [];
        if (single.Length == 0)
        {
            return plan;
        }

        for (var at = Between(0, 2000); at < duration; at += Between(50, 2000))
        {
            var kind = single[prng.Between(0, single.Length - 1)];
            int[] hit = [.. Enumerable.Range(0, nodes).OrderBy(_ => prng.Next()).Take(prng.Between(1, (nodes + 1) / 2))];
            plan.Add(new PlannedFault(kind, at, Between(20, (int)LongestPause.TotalMilliseconds), hit, prng.Between(0, 2)));
        }

        return plan;

        TimeSpan Between(int least, int most) => TimeSpan.FromMilliseconds(prng.Between(least, most));
    }

    public override string ToString() => FormattableString.Invariant(
        $"{At.TotalSeconds,7:0.000} s  {Kind} of {string.Join(", ", Nodes.Select(NameOf))}, for {Lasts.TotalSeconds:0.000} s");

    private static string NameOf(int node) => FormattableString.Invariant($"n{node + 1}");
}
