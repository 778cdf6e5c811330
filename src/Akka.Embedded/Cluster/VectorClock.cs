using System.Collections.Immutable;

namespace Akka.Cluster;

internal enum ClockOrder
{
    Same,
    Before,
    After,
    Concurrent,
}

/// <summary>Counts the changes that each node made to the gossip. So two versions are either ordered or known to have diverged.</summary>
internal sealed class VectorClock(ImmutableSortedDictionary<UniqueAddress, long> versions)
{
    public static readonly VectorClock Zero = new(ImmutableSortedDictionary<UniqueAddress, long>.Empty);

    public ImmutableSortedDictionary<UniqueAddress, long> Versions { get; } = versions;

    public VectorClock Increment(UniqueAddress node) => new(Versions.SetItem(node, Versions.GetValueOrDefault(node) + 1));

    public VectorClock Merge(VectorClock other) =>
        new(Versions.SetItems(other.Versions.Where(v => v.Value > Versions.GetValueOrDefault(v.Key))));

    /// <summary>Drops the counts of removed nodes. Every node that learns of the removal drops the same ones.</summary>
    public VectorClock Prune(Func<UniqueAddress, bool> isMember) => new(Versions.RemoveRange(Versions.Keys.Where(n => !isMember(n))));

    /// <summary>Compares this clock with the other. Before means that the other includes all changes of this one, and more.</summary>
    public ClockOrder CompareTo(VectorClock other)
    {
        var isBehind = other.Versions.Any(v => v.Value > Versions.GetValueOrDefault(v.Key));
        var isAhead = Versions.Any(v => v.Value > other.Versions.GetValueOrDefault(v.Key));
        return (isBehind, isAhead) switch
        {
            (false, false) => ClockOrder.Same,
            (true, false) => ClockOrder.Before,
            (false, true) => ClockOrder.After,
            _ => ClockOrder.Concurrent,
        };
    }

    public override string ToString() => $"VectorClock({string.Join(", ", Versions.Select(v => $"{v.Key.Address} -> {v.Value}"))})";
}
