using Akka.Actor;

namespace RaftActors.Discovery;

/// <summary>The engines of this node, by group. A node may have a thousand groups, so none is looked for among all engines.</summary>
internal sealed class LocalEngines
{
    private readonly SortedDictionary<string, SortedDictionary<ProcessName, IActorRef>> _groups = new(StringComparer.Ordinal);

    public bool IsEmpty => _groups.Count == 0;

    /// <summary>All engines, by the names of their groups and processes.</summary>
    public IEnumerable<(string Group, ProcessName Name, IActorRef Engine)> All =>
        _groups.SelectMany(group => group.Value.Select(each => (group.Key, each.Key, each.Value)));

    /// <summary>The engines of one group.</summary>
    public IEnumerable<KeyValuePair<ProcessName, IActorRef>> Of(string group) => _groups.GetValueOrDefault(group) ?? [];

    public void Add(string group, ProcessName name, IActorRef engine)
    {
        if (!_groups.TryGetValue(group, out var engines))
        {
            _groups.Add(group, engines = []);
        }

        engines.Add(name, engine);
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

        return engine;
    }
}
