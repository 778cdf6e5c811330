using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// The engines of this node, by group, because a node may have thousands of groups. The list of all engines has a number, so that another
/// node that has an earlier list gets only what was added.
/// </summary>
/// <param name="own">The address of this node, for the paths of the list.</param>
internal sealed class LocalEngines(Address own)
{
    private readonly SortedDictionary<string, SortedDictionary<ProcessName, IActorRef>> _groups = new(StringComparer.Ordinal);

    // The engines that were added to the list with the number _addedTo, in order. Each of them makes the next list.
    private readonly List<LocalProcess> _added = [];
    private long _addedTo;
    private ImmutableArray<LocalProcess> _list;

    public bool IsEmpty => _groups.Count == 0;

    /// <summary>The number of the present list. It grows with each change, and is 0 before the first engine.</summary>
    public long Number => _addedTo + _added.Count;

    /// <summary>All engines, sorted by group and process.</summary>
    public IEnumerable<(string Group, ProcessName Name, IActorRef Engine)> All =>
        _groups.SelectMany(group => group.Value.Select(each => (group.Key, each.Key, each.Value)));

    public IEnumerable<KeyValuePair<ProcessName, IActorRef>> Of(string group) => _groups.GetValueOrDefault(group) ?? [];

    public ImmutableArray<LocalProcess> List => _list.IsDefault
        ? _list = [.. All.Select(each => ToTell(each.Group, each.Name, each.Engine))]
        : _list;

    /// <summary>Returns the engines that an earlier list lacks, or null if an engine of that list has been removed since.</summary>
    public ImmutableArray<LocalProcess>? AddedSince(long number) =>
        number < _addedTo ? null : [.. _added.Skip((int)Math.Min(number - _addedTo, _added.Count))];

    public void Add(string group, ProcessName name, IActorRef engine)
    {
        if (!_groups.TryGetValue(group, out var engines))
        {
            _groups.Add(group, engines = []);
        }

        engines.Add(name, engine);
        _added.Add(ToTell(group, name, engine));
        _list = default;
    }

    /// <summary>Removes an engine. Returns it, or null if there is none of this name.</summary>
    public IActorRef? Remove(string group, ProcessName name)
    {
        if (!_groups.TryGetValue(group, out var engines) || !engines.Remove(name, out var engine))
        {
            return null;
        }

        if (engines.Count == 0)
        {
            _groups.Remove(group);
        }

        _addedTo = Number + 1;
        _added.Clear();
        _list = default;
        return engine;
    }

    private LocalProcess ToTell(string group, ProcessName name, IActorRef engine) =>
        new(group, name, engine.Path.ToSerializationFormatWithAddress(own));
}
