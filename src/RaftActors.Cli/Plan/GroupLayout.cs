using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Settings;

namespace RaftActors.Cli.Plan;

/// <summary>
/// The members and the preferred leaders of many groups on many nodes. RaftActors leaves the rosters to the operator, so this is how the
/// plan lays them out: each group takes the nodes with the fewest members, and a hash decides between equal ones. So the groups of one
/// node have members on many others. The preferred leaders are those of <see cref="RaftShards"/>.
/// </summary>
internal sealed class GroupLayout
{
    private readonly ImmutableArray<int[]> _groups;

    private GroupLayout(int nodes, ImmutableArray<int[]> groups) => (Nodes, _groups) = (nodes, groups);

    public int Nodes { get; }

    public int Groups => _groups.Length;

    /// <summary>Lays out the groups. The same seed gives the same layout.</summary>
    /// <param name="members">The members of each group, at most one on a node.</param>
    public static GroupLayout Of(int groups, int nodes, int members, ulong seed)
    {
        var shards = new RaftShards("g", groups);
        var loads = new int[nodes];
        var builder = ImmutableArray.CreateBuilder<int[]>(groups);
        foreach (var shard in shards.All)
        {
            var chosen = Lightest(loads, members, node => Mix(seed, (ulong)shard.Index, (ulong)node));
            Array.ForEach(chosen, node => loads[node]++);
            builder.Add(ByPriority(shard, chosen));
        }

        return new GroupLayout(nodes, builder.MoveToImmutable());
    }

    /// <summary>The name of a node. The names sort like the numbers.</summary>
    public static string NameOf(int node) => $"node{node + 1:D5}";

    /// <summary>The nodes of a group, the preferred leader first, then the one that is preferred without it, and so on.</summary>
    public IReadOnlyList<int> MembersOf(int group) => _groups[group];

    /// <summary>Members on each node.</summary>
    public int[] MembersByNode() => Count(_groups.SelectMany(nodes => nodes));

    /// <summary>Leaders on each node while all nodes run, and after the loss of one.</summary>
    public int[] LeadersByNode(int? lost = null) =>
        Count(_groups.Select(nodes => nodes.FirstOrDefault(node => node != lost, -1)).Where(node => node >= 0));

    /// <summary>
    /// The pairs of nodes that exchange heartbeats while all groups are quiescent: a leader watches its followers, and each follower its
    /// leader, once for all groups that two nodes share.
    /// </summary>
    public int WatchingPairs() => Pairs().Count();

    /// <summary>The other nodes with which each node exchanges these heartbeats.</summary>
    public int[] WatchedBy() => Count(Pairs().SelectMany(pair => new[] { pair.Low, pair.High }));

    /// <summary>
    /// The nodes that take the members of a lost node: for each group the node with the fewest members that has none of it. -1: the group
    /// has members on all nodes already.
    /// </summary>
    public IReadOnlyList<(int Group, int Target)> MovesFrom(int lost, ulong seed)
    {
        var loads = MembersByNode();
        var moves = new List<(int, int)>();
        for (var group = 0; group < Groups; group++)
        {
            var nodes = _groups[group];
            if (!nodes.Contains(lost))
            {
                continue;
            }

            var target = Enumerable.Range(0, Nodes).Where(node => node != lost && !nodes.Contains(node))
                .OrderBy(node => loads[node]).ThenBy(node => Mix(seed, (ulong)group, (ulong)node)).FirstOrDefault(-1);
            moves.Add((group, target));
            if (target >= 0)
            {
                loads[target]++;
            }
        }

        return moves;
    }

    /// <summary>The nodes with the lowest loads. A linear search, because there may be a thousand nodes, and few are wanted.</summary>
    private static int[] Lightest(int[] loads, int count, Func<int, ulong> tieOf)
    {
        var best = new List<(int Load, ulong Tie, int Node)>(count + 1);
        for (var node = 0; node < loads.Length; node++)
        {
            if (best.Count == count && loads[node] > best[^1].Load)
            {
                continue;
            }

            var key = (loads[node], tieOf(node), node);
            var place = best.BinarySearch(key);
            best.Insert(~place, key);
            if (best.Count > count)
            {
                best.RemoveAt(count);
            }
        }

        return [.. best.Select(key => key.Node)];
    }

    private static int[] ByPriority(RaftShard shard, int[] chosen)
    {
        ImmutableArray<ProcessName> roster = [.. chosen.Order().Select(node => new ProcessName($"{shard.Group}@{NameOf(node)}"))];
        int PriorityOf(int node) => ShardPlan.PriorityOf(shard, roster.First(name => name.Node == NameOf(node)), roster, priority: 0);
        return [.. chosen.OrderByDescending(PriorityOf)];
    }

    private IEnumerable<(int Low, int High)> Pairs() => _groups
        .SelectMany(nodes => nodes.Skip(1).Select(follower => (Math.Min(nodes[0], follower), Math.Max(nodes[0], follower))))
        .Distinct();

    private int[] Count(IEnumerable<int> nodes)
    {
        var counts = new int[Nodes];
        foreach (var node in nodes)
        {
            counts[node]++;
        }

        return counts;
    }

    // SplitMix64 over the three numbers.
    private static ulong Mix(ulong seed, ulong group, ulong node)
    {
        var mixed = seed;
        foreach (var part in (ReadOnlySpan<ulong>)[group, node])
        {
            mixed += part + 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            mixed ^= mixed >> 31;
        }

        return mixed;
    }
}
