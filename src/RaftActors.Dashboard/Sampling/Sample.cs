using System.Collections.Concurrent;

using RaftActors.Coordination;

namespace RaftActors.Dashboard.Sampling;

/// <summary>The groups that pages show, at one moment. All browsers share it, and what was rendered of it.</summary>
internal sealed class Sample(DateTimeOffset at, ImmutableArray<GroupView> groups, ImmutableArray<RaftShards> shards)
{
    private readonly ConcurrentDictionary<object, object> _rendered = [];

    public DateTimeOffset At => at;

    /// <summary>Sorted by name.</summary>
    public ImmutableArray<GroupView> Groups => groups;

    public ImmutableArray<RaftShards> Shards => shards;

    /// <summary>The coordination group, or null if this node has no coordination.</summary>
    public GroupView? CoordinationGroup { get; init; }

    /// <summary>All sessions and locks, or null if no page shows them.</summary>
    public Polled<RaftOverview>? Coordination { get; init; }

    /// <summary>The locks that pages show, by name.</summary>
    public IReadOnlyDictionary<string, Polled<RaftOverview>> Locks { get; init; } = ImmutableDictionary<string, Polled<RaftOverview>>.Empty;

    /// <summary>The logs that pages show, by group. Lacks groups without a process on this node.</summary>
    public IReadOnlyDictionary<string, LogView> Logs { get; init; } = ImmutableDictionary<string, LogView>.Empty;

    public GroupView? Find(string group) => groups.FirstOrDefault(each => each.Name == group);

    /// <summary>Renders a view once for all browsers that show it.</summary>
    public TView Render<TKey, TView>(TKey key, Func<TKey, TView> render)
        where TKey : notnull
        where TView : class => (TView)_rendered.GetOrAdd(key, _ => render(key));
}
