using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Benchmarks.Layout;

/// <summary>A process of a group: its Core, and what its node knows of it.</summary>
internal sealed class GroupProcess(int group, GroupNode node, CoreOptions options)
{
    // The times at which it began to lead.
    private readonly List<long> _led = [];
    private ImmutableArray<Member> _watched = [];
    private bool _leads;

    public int Group => group;

    public GroupNode Node => node;

    public ProcessName Name => options.Self.Name;

    public RaftCore Core { get; } = new(options, InitialState.Empty);

    /// <summary>The time up to which its ticks are counted.</summary>
    public long TickedAt { get; set; }

    /// <summary>A planned tick of another version is void.</summary>
    public long Version { get; set; }

    public void Watch(ImmutableArray<Member> watched, Dictionary<ProcessName, GroupProcess> byName)
    {
        foreach (var member in _watched)
        {
            node.Remove(byName[member.Name].Node, this, member.Name);
        }

        _watched = watched;
        foreach (var member in watched)
        {
            node.Add(byName[member.Name].Node, this, member.Name);
        }
    }

    /// <summary>Notes when it begins to lead.</summary>
    public void Note(long now)
    {
        if (Core.Role == RaftRole.Leader && !_leads)
        {
            _led.Add(now);
        }

        _leads = Core.Role == RaftRole.Leader;
    }

    /// <summary>The first time from a time on at which it began to lead; null: none.</summary>
    public long? FirstLedFrom(long time) => _led.Where(at => at >= time).Select(at => (long?)at).FirstOrDefault();
}
