using CoordinationTrials.Check;
using CoordinationTrials.Processes;

namespace CoordinationTrials.Trials;

/// <summary>What the rounds of one fault have shown.</summary>
internal sealed class FaultRecord
{
    private readonly Takeovers _takeovers = new();
    private readonly List<int> _lost = [];

    /// <summary>Adds the takeovers of these resources since a time. Resources without one are skipped.</summary>
    public void AddTakeovers(Trial trial, IEnumerable<(string Resource, NodeProcess Holder)> held, long since)
    {
        foreach (var (resource, holder) in held)
        {
            if (trial.Nodes.Register.Takeover(resource, holder.Number, since) is var (last, first))
            {
                _takeovers.Add(resource.TrimEnd('1', '2', '3', '4'), last, first);
            }
        }
    }

    /// <param name="lost">The number of nodes that ended in the round.</param>
    public void AddRound(int lost) => _lost.Add(lost);

    public override string ToString() =>
        $"{_lost.Count} rounds, {_lost.Sum()} nodes ended, at most {_lost.DefaultIfEmpty().Max()} in a round; {_takeovers}";
}
