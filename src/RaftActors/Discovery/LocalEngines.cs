using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>
/// The engines of this node, by group. A node may have thousands of groups, so no engine is looked for among all of them. The list of the
/// engines has a number, and other nodes that have an earlier list are told what was added.
/// </summary>
/// <param name="own">The address of this node, for the paths of the list.</param>
internal sealed class LocalEngines(Address own)
{
    private readonly SortedDictionary<string, SortedDictionary<ProcessName, IActorRef>> _groups = new(StringComparer.Ordinal);

    // The engines that were added to the list with this number, in order. Each of them makes the next list.
    private readonly List<LocalProcess> _added = [];
    private long _addedTo;
    private ImmutableArray<LocalProcess> _list;

    public bool IsEmpty => _groups.Count == 0;

    /// <summary>The number of the list as it is now. Grows with each change; 0: there was no engine yet.</summary>
    public long Number => _addedTo + _added.Count;

    /// <summary>All engines, by the names of their groups and processes.</summary>
    public IEnumerable<(string Group, ProcessName Name, IActorRef Engine)> All =>
        _groups.SelectMany(group => group.Value.Select(each => (group.Key, each.Key, each.Value)));

    /// <summary>The engines of one group.</summary>
    public IEnumerable<KeyValuePair<ProcessName, IActorRef>> Of(string group) => _groups.GetValueOrDefault(group) ?? [];

    /// <summary>The list as it is now.</summary>
    public ImmutableArray<LocalProcess> List => _list.IsDefault
        ? _list = [.. All.Select(each => ToTell(each.Group, each.Name, each.Engine))]
        : _list;

    /// <summary>The engines that an earlier list lacks. Null: engines of that list were removed since.</summary>
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

    /// <summary>Returns the engine that it removes; null: there is none of this name.</summary>
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
