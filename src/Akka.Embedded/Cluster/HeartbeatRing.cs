using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// Selects the nodes that each node monitors: its successors on a ring. A hash orders the ring, so that neighbours are on different
/// machines.
/// </summary>
internal static class HeartbeatRing
{
    public static ImmutableSortedSet<UniqueAddress> Targets(UniqueAddress self, IEnumerable<UniqueAddress> nodes, int count)
    {
        var others = nodes.Where(n => !n.Equals(self)).OrderBy(Place).ThenBy(n => n).ToList();
        var here = Place(self);
        var start = others.FindIndex(n => Place(n) > here);
        start = start < 0 ? 0 : start;
        return [.. Enumerable.Range(0, Math.Min(count, others.Count)).Select(i => others[(start + i) % others.Count])];
    }

    // String.GetHashCode differs between processes, but all nodes must compute the same ring. So this is FNV-1a.
    private static uint Place(UniqueAddress node) =>
        node.ToString().Aggregate(2166136261u, (hash, letter) => (hash ^ letter) * 16777619u);
}
