using RaftActors.Core;

namespace RaftActors.Benchmarks.Layout;

/// <summary>A process of a group: its Core, and what its node knows of it.</summary>
internal sealed class GroupProcess(int group, GroupNode node, CoreOptions options)
{
    // The times at which it began to lead.
    private readonly List<long> _led = [];
    private bool _leads;

    public int Group => group;

    public GroupNode Node => node;

    public ProcessName Name => options.Self.Name;

    public RaftCore Core { get; } = new(options, InitialState.Empty);

    /// <summary>The time up to which its ticks are counted.</summary>
    public long TickedAt { get; set; }

    /// <summary>A planned tick of another version is void.</summary>
    public long Version { get; set; }

    /// <summary>The processes that it watches while it is quiescent; null: it is awake.</summary>
    public Effect.Quiesced? Watch { get; private set; }

    public void Rest(Effect.Quiesced quiesced, Dictionary<ProcessName, GroupProcess> byName)
    {
        Wake(byName);
        Watch = quiesced;
        foreach (var member in quiesced.Watched)
        {
            node.Add(byName[member.Name].Node, this, member.Name);
        }
    }

    public void Wake(Dictionary<ProcessName, GroupProcess> byName)
    {
        foreach (var member in Watch?.Watched ?? [])
        {
            node.Remove(byName[member.Name].Node, this, member.Name);
        }

        Watch = null;
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
