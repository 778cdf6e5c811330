using RaftActors.Coordination;
using RaftActors.Coordination.State;

namespace RaftActors.Simulator.Coordination;

/// <summary>Compares what calls of items were answered with the log.</summary>
internal sealed class ReadChecker(World world, CommittedLog log)
{
    private readonly HashSet<(string Name, long Sum)> _sums = [];

    /// <summary>A read has ended.</summary>
    /// <param name="since">The latest serial when it began.</param>
    public void OnRead(string name, RaftItem? item, long since)
    {
        var changes = log.ChangesOf(name).FindAll(change => change.Name == name);
        var first = Math.Max(0, changes.FindLastIndex(change => change.Version <= since));
        var mayBeMissing = changes.Count == 0 || changes[0].Version > since;
        world.Require(
            (item is null && mayBeMissing)
                || changes.Skip(first).Any(change =>
                    (change.Value, change.Value is null ? 0 : change.Version) == (item?.Value, item?.Version ?? 0)),
            "stale read",
            $"{name} was read as {item}, and was not so since {since}");
    }

    /// <summary>A write has ended.</summary>
    public void OnWritten(string name, long version) => world.Require(
        log.Model.Changes.Exists(change => change.Name == name && change.Version == version && change.Value is not null),
        "write",
        $"{name} was written with the version {version}, and the log has no such pair");

    /// <summary>An addition has ended. Each sum of a counter that only grows is told once.</summary>
    public void OnAdded(string name, long sum) =>
        world.Require(_sums.Add((name, sum)), "addition", $"the sum {sum} of {name} was told to two callers");
}
