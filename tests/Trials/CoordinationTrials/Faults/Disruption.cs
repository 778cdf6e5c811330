using CoordinationTrials.Check;

namespace CoordinationTrials.Faults;

/// <summary>The fault of a round while it is made: its victims, and what they held.</summary>
internal sealed class Disruption(FaultyCluster cluster)
{
    private readonly HashSet<int> _victims = [];
    private Dictionary<string, FaultyNode> _holders = [];
    private TimeSpan _at;

    /// <summary>What happens to which node.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>The fault begins now. The nodes have recovered from the one before.</summary>
    /// <param name="victims">The nodes that it may end, and what happens to each.</param>
    public void Begin(IReadOnlyList<(FaultyNode Node, string Fault)> victims)
    {
        _at = cluster.Now;
        _holders = cluster.Resources.ToDictionary(each => each, cluster.HolderOf);
        _victims.UnionWith(victims.Select(each => each.Node.Number));
        Detail = string.Join(", ", victims.Select(each => $"{each.Fault} {each.Node.Number}"));
        cluster.Note(Detail);
    }

    /// <param name="time">At a scale of 1.</param>
    public bool HasLasted(TimeSpan time) => cluster.Now - _at >= cluster.Scale * time;

    /// <summary>What the victims held and no other node has taken over yet.</summary>
    public IEnumerable<string> NotTakenOver() =>
        _holders.Keys.Where(each => _victims.Contains(_holders[each].Number) && Find(each, _victims.Contains) is null);

    /// <summary>What ended nodes held and no other node has taken over yet.</summary>
    public IEnumerable<string> Abandoned() => _holders.Keys.Where(each => !_holders[each].IsRunning && Find(each) is null);

    /// <summary>How long the resources had no writer, of those that a victim held and another node has taken over.</summary>
    public IEnumerable<Takeover> Takeovers() =>
        from resource in _holders.Keys
        where _victims.Contains(_holders[resource].Number)
        let found = _victims.Count < FaultyCluster.Count ? Find(resource, _victims.Contains) : Find(resource)
        where found is not null
        select Takeover.Of(resource, TimeSpan.FromTicks(found.Value.First.At - found.Value.Last.At));

    private (Write Last, Write First)? Find(string resource) => Find(resource, number => number == _holders[resource].Number);

    private (Write Last, Write First)? Find(string resource, Func<int, bool> isOld) =>
        cluster.Register.Takeover(resource, isOld, _at.Ticks);
}
