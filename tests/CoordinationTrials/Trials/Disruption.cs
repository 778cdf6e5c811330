using System.Diagnostics;

using CoordinationTrials.Check;
using CoordinationTrials.Processes;

namespace CoordinationTrials.Trials;

/// <summary>The fault of a round while it is made: its victims, and what they held.</summary>
/// <param name="trial">The trial, whose nodes have recovered.</param>
internal sealed class Disruption(Trial trial)
{
    private readonly Dictionary<string, NodeProcess> _holders = trial.Nodes.Resources.ToDictionary(each => each, trial.Nodes.HolderOf);
    private readonly HashSet<int> _victims = [];
    private long _at = Stopwatch.GetTimestamp();

    /// <summary>What happens to which node.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>The fault begins now.</summary>
    /// <param name="victims">The nodes that it may end, and what happens to each.</param>
    public void Begin(IReadOnlyList<(NodeProcess Node, string Fault)> victims)
    {
        _at = Stopwatch.GetTimestamp();
        _victims.UnionWith(victims.Select(each => each.Node.Number));
        Detail = string.Join(", ", victims.Select(each => $"{each.Fault} {each.Node.Number}"));
        trial.Note(Detail);
    }

    /// <param name="time">At a scale of 1.</param>
    public bool HasLasted(TimeSpan time) => Stopwatch.GetElapsedTime(_at) >= trial.Scale * time;

    /// <summary>What the victims held and no other node has taken over yet.</summary>
    public IEnumerable<string> NotTakenOver() =>
        _holders.Keys.Where(each => _victims.Contains(_holders[each].Number) && Find(each, _victims.Contains) is null);

    /// <summary>What ended nodes held and no other node has taken over yet.</summary>
    public IEnumerable<string> Abandoned() => _holders.Keys.Where(each => !_holders[each].IsRunning && Find(each) is null);

    /// <summary>How long the resources had no writer, of those that a victim held and another node has taken over.</summary>
    public IEnumerable<Takeover> Takeovers() =>
        from resource in _holders.Keys
        where _victims.Contains(_holders[resource].Number)
        let found = _victims.Count < Nodes.Count ? Find(resource, _victims.Contains) : Find(resource)
        where found is not null
        select Takeover.Of(resource, Stopwatch.GetElapsedTime(found.Value.Last.At, found.Value.First.At));

    private (Write Last, Write First)? Find(string resource) => Find(resource, number => number == _holders[resource].Number);

    private (Write Last, Write First)? Find(string resource, Func<int, bool> isOld) =>
        trial.Nodes.Register.Takeover(resource, isOld, _at);
}
