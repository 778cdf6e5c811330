using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace RaftActors.Dashboard.Sampling;

/// <summary>All groups at one moment. All browsers share it, and what was rendered of it.</summary>
internal sealed class Sample(DateTimeOffset at, ImmutableArray<GroupView> groups, ImmutableArray<RaftShards> shards)
{
    private readonly ConcurrentDictionary<object, object> _rendered = [];

    public DateTimeOffset At => at;

    /// <summary>By name.</summary>
    public ImmutableArray<GroupView> Groups => groups;

    public ImmutableArray<RaftShards> Shards => shards;

    public GroupView? Find(string group) => groups.FirstOrDefault(each => each.Name == group);

    /// <summary>Renders a view once for all browsers that show it.</summary>
    public TView Render<TKey, TView>(TKey key, Func<TKey, TView> render)
        where TKey : notnull
        where TView : class => (TView)_rendered.GetOrAdd(key, _ => render(key));
}
