using Akka.Actor;

namespace RaftActors.Discovery;

/// <summary>The engines of this node, by group, because a node may have thousands of groups.</summary>
internal sealed class LocalEngines
{
    private readonly SortedDictionary<string, SortedDictionary<ProcessName, IActorRef>> _groups = new(StringComparer.Ordinal);

    public bool IsEmpty => _groups.Count == 0;

    /// <summary>All engines, sorted by group and process.</summary>
    public IEnumerable<(string Group, ProcessName Name, IActorRef Engine)> All =>
        _groups.SelectMany(group => group.Value.Select(each => (group.Key, each.Key, each.Value)));

    public IEnumerable<KeyValuePair<ProcessName, IActorRef>> Of(string group) => _groups.GetValueOrDefault(group) ?? [];

    public bool Has(string group) => _groups.ContainsKey(group);

    public void Add(string group, ProcessName name, IActorRef engine)
    {
        if (!_groups.TryGetValue(group, out var engines))
        {
            _groups.Add(group, engines = []);
        }

        engines.Add(name, engine);
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

        return engine;
    }
}
