using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>Who listens to whom: all nodes on a ring in an order that scatters machines, each listening to those behind it.</summary>
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

    // The hash of a text differs from process to process, and the nodes must agree on the ring: so FNV-1a, by hand.
    private static uint Place(UniqueAddress node) =>
        node.ToString().Aggregate(2166136261u, (hash, letter) => (hash ^ letter) * 16777619u);
}
