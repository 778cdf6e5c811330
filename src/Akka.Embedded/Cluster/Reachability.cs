using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// The unreachable nodes by observer. Only the observer changes its row. Each row has a version, so a merge takes the newer row. A
/// node is unreachable if any observer reports it.
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
    /// Keeps the reports by and about members. An observer keeps its row and version even if the row becomes empty. Otherwise a
    /// late gossip would restore its old reports.
    /// </summary>
    public Reachability Keep(Func<UniqueAddress, bool> isMember) => new(
        Rows.Where(r => isMember(r.Key))
            .ToImmutableSortedDictionary(r => r.Key, r => r.Value with { Unreachable = [.. r.Value.Unreachable.Where(isMember)] }));

    /// <summary>Returns the reachability without the rows of these observers, for example of members that are Down.</summary>
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

    /// <summary>The report of one observer. The version counts its changes.</summary>
    internal sealed record Row(long Version, ImmutableSortedSet<UniqueAddress> Unreachable);
}
