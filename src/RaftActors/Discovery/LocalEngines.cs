using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Discovery;

/// <summary>An engine of this node.</summary>
/// <param name="Process">What other nodes are told of it.</param>
internal sealed record LocalEngine(IActorRef Ref, LocalProcess Process);

/// <summary>The engines of this node, by group, because a node may have thousands of groups.</summary>
internal sealed class LocalEngines
{
    private readonly SortedDictionary<string, SortedDictionary<ProcessName, LocalEngine>> _groups = new(StringComparer.Ordinal);

    public bool IsEmpty => _groups.Count == 0;

    /// <summary>All engines, sorted by group and process.</summary>
    public IEnumerable<LocalEngine> All => _groups.Values.SelectMany(group => group.Values);

    public IReadOnlyCollection<LocalEngine> Of(string group) => _groups.TryGetValue(group, out var engines) ? engines.Values : [];

    public LocalEngine? Find(string group, ProcessName name) => _groups.GetValueOrDefault(group)?.GetValueOrDefault(name);

    public bool Has(string group) => _groups.ContainsKey(group);

    /// <summary>Adds an engine, or replaces what is known of it.</summary>
    public void Set(LocalEngine engine)
    {
        if (!_groups.TryGetValue(engine.Process.Group, out var engines))
        {
            _groups.Add(engine.Process.Group, engines = []);
        }

        engines[engine.Process.Name] = engine;
    }

    /// <summary>Removes an engine. Returns it, or null if there is none of this name.</summary>
    public LocalEngine? Remove(string group, ProcessName name)
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
