using RaftActors.Coordination;
using RaftActors.Coordination.State;

namespace RaftActors.Simulator.Coordination;

/// <summary>Compares what one watch of items tells with all changes of these items: none is lost, told twice, or out of order.</summary>
internal sealed class WatchChecker(World world, CommittedLog log, string prefix)
{
    private readonly List<Item> _changes = log.ChangesOf(prefix);

    // The numbers of changes that the watch may have told. A list of all items may be the state after several numbers of changes.
    private List<int> _told = [0];
    private bool _isBegun;

    /// <summary>It has told all changes that are committed.</summary>
    public bool IsCurrent => _isBegun && _told.Contains(_changes.Count);

    public void OnTold(RaftItemChange told)
    {
        _isBegun = true;
        _told = told.Name is { } name
            ? Find(name, told.Version, told.Items.GetValueOrDefault(name)?.Value)
            : Find([.. told.Items.Values]);
        world.Require(_told.Count > 0, "watch", $"the watch of '{prefix}' told {told}, which does not follow");
    }

    private List<int> Find(List<RaftItem> all)
    {
        var items = new Dictionary<string, Item>();
        var found = new List<int>();
        for (var count = 0; count <= _changes.Count; count++)
        {
            if (count > 0)
            {
                var change = _changes[count - 1];
                _ = change.Value is null ? items.Remove(change.Name) : (items[change.Name] = change) is not null;
            }

            if (count >= _told[0] && items.Count == all.Count
                && all.All(item =>
                    items.TryGetValue(item.Name, out var one) && (one.Version, one.Value) == (item.Version, item.Value)))
            {
                found.Add(count);
            }
        }

        return found;
    }

    private List<int> Find(string name, long version, string? value)
    {
        var place = _changes.FindLastIndex(change => (change.Name, change.Version, change.Value) == (name, version, value));
        return _told.Contains(place) ? [place + 1] : [];
    }
}
