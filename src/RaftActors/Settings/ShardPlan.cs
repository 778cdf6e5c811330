using System.Collections.Immutable;
using System.Text;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>
/// The roster and the priorities of one shard: its nodes, and another preferred leader than the neighbouring shards have.
/// </summary>
internal static class ShardPlan
{
    /// <summary>
    /// The processes of the shard, one on each node of the configured roster, or on <see cref="RaftShards.Replicas"/> of them. All nodes
    /// choose the same ones without talking, by rendezvous hashing: a node has a rank for each shard, which no other node changes. So one
    /// node more or less changes only the shards that it has.
    /// </summary>
    /// <exception cref="RaftConfigurationException">The roster has two processes of one node.</exception>
    public static ImmutableArray<ProcessName> RosterOf(RaftShard shard, ImmutableArray<ProcessName> configured)
    {
        foreach (var twice in configured.GroupBy(name => name.Node, StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
        {
            throw new RaftConfigurationException(
                $"The roster has two processes of the node '{twice.Key}', but a shard of '{shard.Shards.Name}' has one on each node. Name "
                + $"each node once, such as {shard.Shards.Name}@{twice.Key}.");
        }

        return PlacedOn(shard, configured.Select(name => name.Node));
    }

    /// <summary>The processes that the shard has after a move to these nodes, chosen as the founders are.</summary>
    public static ImmutableArray<ProcessName> PlacedOn(RaftShard shard, IEnumerable<string> nodes) =>
        [.. (shard.Shards.Replicas is { } replicas ? Chosen(shard, nodes, replicas) : nodes)
            .Select(node => new ProcessName($"{shard.Group}@{node}"))];

    // The first nodes by rank, those of a domain with few of them first.
    private static IEnumerable<string> Chosen(RaftShard shard, IEnumerable<string> nodes, int count)
    {
        var left = nodes.OrderByDescending(node => RankOf(shard, node)).ThenBy(node => node, StringComparer.Ordinal).ToList();
        Dictionary<string, int> taken = new(StringComparer.Ordinal);
        for (var chosen = 0; chosen < count && left.Count > 0; chosen++)
        {
            var node = left.MinBy(each => taken.GetValueOrDefault(DomainOf(each)))!; // Justification: there is one.
            taken[DomainOf(node)] = taken.GetValueOrDefault(DomainOf(node)) + 1;
            left.Remove(node);
            yield return node;
        }

        string DomainOf(string node) => shard.Shards.DomainOf?.Invoke(node) ?? "";
    }

    private static ulong RankOf(RaftShard shard, string node) => RaftShards.HashOf(Encoding.UTF8.GetBytes($"{shard.Group}@{node}"));

    /// <summary>
    /// Returns the priority of a process. That of its node counts first. Among nodes of equal priority, shard i prefers the node at place
    /// i of the roster. Each block of shards has another order behind it, so that the groups of a lost node also spread over the others.
    /// With <see cref="RaftShards.Replicas"/>, the order is that in which the nodes were chosen.
    /// </summary>
    /// <param name="priority">The priority of the node, <c>raft.priority</c>.</param>
    /// <exception cref="RaftConfigurationException">The priority is too large.</exception>
    public static int PriorityOf(RaftShard shard, ProcessName self, ImmutableArray<ProcessName> roster, int priority)
    {
        var isChosen = shard.Shards.Replicas is not null;
        List<string> nodes = [.. roster.Select(name => name.Node)];
        if (!isChosen)
        {
            nodes.Sort(StringComparer.Ordinal);
        }

        var place = nodes.IndexOf(self.Node);
        if (place < 0)
        {
            return priority;
        }

        var distance = isChosen ? place : (place - (shard.Index % nodes.Count) + nodes.Count) % nodes.Count;
        var rank = isChosen || distance == 0 ? distance : 1 + ((distance - 1 + (shard.Index / nodes.Count)) % (nodes.Count - 1));
        var sum = ((long)priority * nodes.Count) + (nodes.Count - rank);
        Demand(
            sum is >= int.MinValue and <= int.MaxValue,
            $"raft.priority is {priority}; with shards it may be at most {int.MaxValue / nodes.Count - 1}.");
        return (int)sum;
    }
}
