using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// Who cannot reach whom. An observer's row is changed by that observer alone and carries a version, so rows of two gossips
/// merge by taking the newer. A subject is unreachable when any observer says so.
/// </summary>
internal sealed class Reachability(ImmutableSortedDictionary<UniqueAddress, Reachability.Row> rows)
{
    public static readonly Reachability Empty = new(ImmutableSortedDictionary<UniqueAddress, Row>.Empty);

    public ImmutableSortedDictionary<UniqueAddress, Row> Rows { get; } = rows;

    public bool IsReachable(UniqueAddress observer, UniqueAddress subject) =>
        !Rows.TryGetValue(observer, out var row) || !row.Unreachable.Contains(subject);

    public ImmutableSortedSet<UniqueAddress> AllUnreachable => [.. Rows.Values.SelectMany(r => r.Unreachable)];

    public Reachability Unreachable(UniqueAddress observer, UniqueAddress subject) =>
        With(observer, row => row.Add(subject));

    public Reachability Reachable(UniqueAddress observer, UniqueAddress subject) =>
        With(observer, row => row.Remove(subject));

    /// <summary>
    /// Keeps what is said by and about those that stay. An observer keeps its row, with its version, even when it says
    /// nothing any more: otherwise a late gossip would bring its old opinion back.
    /// </summary>
    public Reachability Keep(Func<UniqueAddress, bool> isMember) => new(
        Rows.Where(r => isMember(r.Key))
            .ToImmutableSortedDictionary(r => r.Key, r => r.Value with { Unreachable = [.. r.Value.Unreachable.Where(isMember)] }));

    /// <summary>Without the opinions of these observers: one that is itself down is no judge.</summary>
    public Reachability WithoutObservers(IEnumerable<UniqueAddress> observers) => new(Rows.RemoveRange(observers));

    public Reachability Merge(Reachability other) =>
        new(Rows.SetItems(other.Rows.Where(r => !Rows.TryGetValue(r.Key, out var mine) || r.Value.Version > mine.Version)));

    public override string ToString() =>
        string.Join("; ", Rows.Select(r => $"{r.Key.Address} misses [{string.Join(", ", r.Value.Unreachable.Select(u => u.Address))}]"));

    private Reachability With(UniqueAddress observer, Func<ImmutableSortedSet<UniqueAddress>, ImmutableSortedSet<UniqueAddress>> change)
    {
        var row = Rows.GetValueOrDefault(observer, new Row(0, []));
        var changed = change(row.Unreachable);
        return ReferenceEquals(changed, row.Unreachable)
            ? this
            : new Reachability(Rows.SetItem(observer, new Row(row.Version + 1, changed)));
    }

    /// <summary>One observer's opinion; the version counts how often it changed it.</summary>
    internal sealed record Row(long Version, ImmutableSortedSet<UniqueAddress> Unreachable);
}
