using System.Collections.Immutable;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>
/// The roster and the priorities of one shard: a process on each node, and another preferred leader than the neighbouring shards have.
/// </summary>
internal static class ShardPlan
{
    /// <summary>The processes of the shard, one on each node of the configured roster.</summary>
    /// <exception cref="RaftConfigurationException">The roster has two processes of one node.</exception>
    public static ImmutableArray<ProcessName> RosterOf(RaftShard shard, ImmutableArray<ProcessName> configured)
    {
        foreach (var twice in configured.GroupBy(name => name.Node, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
        {
            throw new RaftConfigurationException(
                $"The roster has two processes of the node '{twice.Key}', but a shard of '{shard.Shards.Name}' has one on each node. Name "
                + $"each node once, such as {shard.Shards.Name}@{twice.Key}.");
        }

        return [.. configured.Select(name => new ProcessName($"{shard.Group}@{name.Node}"))];
    }

    /// <summary>
    /// Returns the priority of a process. That of its node counts first. Among nodes of equal priority, shard i prefers the node at place
    /// i of the roster. Each block of shards has another order behind it, so that the groups of a lost node also spread over the others.
    /// </summary>
    /// <param name="priority">The priority of the node, <c>raft.priority</c>.</param>
    /// <exception cref="RaftConfigurationException">The priority is too large.</exception>
    public static int PriorityOf(RaftShard shard, ProcessName self, ImmutableArray<ProcessName> roster, int priority)
    {
        var nodes = roster.Select(name => name.Node).Order(StringComparer.Ordinal).ToList();
        var place = nodes.IndexOf(self.Node);
        if (place < 0)
        {
            return priority;
        }

        var distance = (place - (shard.Index % nodes.Count) + nodes.Count) % nodes.Count;
        var rank = distance == 0 ? 0 : 1 + ((distance - 1 + (shard.Index / nodes.Count)) % (nodes.Count - 1));
        var sum = ((long)priority * nodes.Count) + (nodes.Count - rank);
        Demand(
            sum is >= int.MinValue and <= int.MaxValue,
            $"raft.priority is {priority}; with shards it may be at most {int.MaxValue / nodes.Count - 1}.");
        return (int)sum;
    }
}
