using System.Collections.Immutable;

namespace RaftActors.Coordination.Downing;

/// <summary>
/// The plan of one node for unreachable members: by what it sees of the cluster, by what the group has decided, and by the time. Knows no
/// Akka. All times are those of one monotonic clock. Not thread-safe.
/// </summary>
internal sealed class DowningPlan(DowningSettings settings)
{
    private readonly DowningTimers _timers = new(settings);
    private long? _followed;

    /// <summary>The node has looked at the cluster.</summary>
    public Step OnSeen(ClusterView view, TimeSpan now)
    {
        _timers.OnSeen(view, now);
        return _timers.IsOver(now)
            ? new Step(DownsSelf:
                $"it cannot reach {string.Join(", ", view.Members.Where(each => each.IsUnreachable).Select(each => each.Name))}, and the "
                    + $"coordination group has not answered for {settings.DownSelfAfter} (raft-coordination.downing.down-self-after), so "
                    + "other nodes may have downed it")
            : new Step(Asks: _timers.IsReadDue(now));
    }

    /// <summary>The group has answered.</summary>
    /// <param name="sentAt">The moment at which it was asked: an answer is not younger than its question.</param>
    public Step OnAnswered(ClusterView view, Decision decision, TimeSpan sentAt, TimeSpan now)
    {
        _timers.OnRead(sentAt);
        if (decision.Downed.Contains(view.Self))
        {
            return new Step(DownsSelf: "the other nodes have decided so");
        }

        if (decision.Forgotten > (_followed ?? decision.Forgotten))
        {
            return new Step(DownsSelf: "the other nodes have downed more members since this node last asked than the group remembers");
        }

        if (_followed != decision.Count)
        {
            _timers.OnDecided(now);
        }

        _followed = decision.Count;
        var doomed = view.FindDoomed().RemoveAll(decision.Downed.Contains);
        return new Step(
            Downs: [.. view.Members.Select(each => each.Name).Where(decision.Downed.Contains)],
            Proposes: doomed.Length > 0 && _timers.IsDecisionDue(view.IsMinority(doomed), now) ? doomed : []);
    }

    /// <summary>What the node does next.</summary>
    /// <param name="DownsSelf">Why it downs itself; null: it does not.</param>
    /// <param name="Asks">It asks the group, unless a question is under way.</param>
    /// <param name="Downs">The members that it downs, as the nodes have decided.</param>
    /// <param name="Proposes">The members that it proposes to down; empty: it proposes nothing.</param>
    internal sealed record Step(
        string? DownsSelf = null, bool Asks = false, ImmutableArray<string> Downs = default, ImmutableArray<string> Proposes = default);
}
