using RaftActors.Core;

namespace RaftActors.Testing.Simulation;

/// <summary>One fault of a plan.</summary>
/// <param name="Lasts">After this time it is mended.</param>
/// <param name="IsOfLeader">It hits the node that leads by then, if there is one.</param>
/// <param name="Nodes">The nodes that it hits otherwise, by number.</param>
/// <param name="Shape">The shape of a partition.</param>
internal sealed record PlannedFault(
    SimulationFaults Kind, TimeSpan At, TimeSpan Lasts, bool IsOfLeader, int[] Nodes, PartitionShape Shape)
{
    // A clock steps by the time that another fault would last.
    private string Extent => Kind == SimulationFaults.ClockSteps
        ? FormattableString.Invariant($"by {Step.TotalSeconds:+0.000;-0.000} s")
        : FormattableString.Invariant($"for {Lasts.TotalSeconds:0.000} s");

    /// <summary>By how much a clock steps. A plan has both directions, on whichever nodes it hits.</summary>
    public TimeSpan Step => Lasts.Milliseconds % 2 == 0 ? Lasts : -Lasts;

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
        var shapes = Enum.GetValues<PartitionShape>();
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
            var lasts = Between(20, prng.Between(1, 8) == 1 ? 15_000 : 3000);
            plan.Add(new PlannedFault(kind, at, lasts, prng.Between(0, 1) == 0, hit, shapes[prng.Between(0, shapes.Length - 1)]));
        }

        return plan;

        TimeSpan Between(int least, int most) => TimeSpan.FromMilliseconds(prng.Between(least, most));
    }

    /// <summary>The directions that a partition cuts, by the numbers of the nodes.</summary>
    /// <param name="nodes">The number of all nodes.</param>
    public IEnumerable<(int From, int To)> Directions(int nodes)
    {
        var others = Enumerable.Range(0, nodes).Except(Nodes).ToList();
        if (Shape == PartitionShape.Bridged && others.Count > 1)
        {
            others.RemoveAt(0);
        }

        foreach (var (hit, other) in Nodes.SelectMany(hit => others.Select(other => (hit, other))))
        {
            if (Shape != PartitionShape.Inbound)
            {
                yield return (hit, other);
            }

            if (Shape != PartitionShape.Outbound)
            {
                yield return (other, hit);
            }
        }
    }

    public override string ToString()
    {
        var nodes = $"{(IsOfLeader ? "the leader, or else " : "")}{string.Join(", ", Nodes.Select(NameOf))}";
        var kind = Kind == SimulationFaults.Partitions ? $"{Kind} ({Shape})" : $"{Kind}";
        return FormattableString.Invariant($"{At.TotalSeconds,7:0.000} s  {kind} of {nodes}, {Extent}");
    }

    private static string NameOf(int node) => FormattableString.Invariant($"n{node + 1}");
}

/// <summary>Which messages a partition loses, between the nodes that it hits and all others.</summary>
internal enum PartitionShape
{
    /// <summary>All.</summary>
    Whole,

    /// <summary>Those to the nodes that it hits.</summary>
    Inbound,

    /// <summary>Those from the nodes that it hits.</summary>
    Outbound,

    /// <summary>All, but one of the other nodes reaches both sides.</summary>
    Bridged,

    /// <summary>All, with interruptions.</summary>
    Flapping,
}
