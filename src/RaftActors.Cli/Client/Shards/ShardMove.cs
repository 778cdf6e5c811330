using RaftActors.Core;

namespace RaftActors.Cli.Client.Shards;

/// <summary>The move of one shard, as its processes show it.</summary>
/// <param name="Joins">The processes that <c>raft.shard-nodes</c> places the shard on, and that are no members.</param>
/// <param name="Leaves">The members that it does not place the shard on, in the order in which they leave.</param>
/// <param name="Next">The next step. Null: none is left.</param>
internal sealed record ShardMove(string Group, ImmutableArray<ProcessName> Joins, ImmutableArray<ProcessName> Leaves, ShardStep? Next)
{
    public bool IsDue => !Joins.IsEmpty || !Leaves.IsEmpty;

    /// <summary>Why the move cannot go on without an operator. Null: it can.</summary>
    public string? Obstacle => Next is ShardStep.Wait { IsObstacle: true } wait ? wait.Why : null;

    /// <summary>Plans the move from what the processes say now, so that an interrupted one goes on.</summary>
    /// <param name="before">An earlier look at the shard, which has passed some time ago. Null: there was none.</param>
    /// <returns>Null if no process of the group has <c>raft.shard-nodes</c>.</returns>
    public static ShardMove? Of(GroupStatus? before, GroupStatus now)
    {
        var told = now.Processes.Where(status => !status.Placement.IsEmpty).ToList();
        if (told.Count == 0)
        {
            return null;
        }

        // A member that never votes was added by hand, and is no replica of the placement.
        var placement = told[0].Placement;
        var members = now.Members.Where(member => !member.NeverVotes).Select(member => member.Name).ToList();
        ImmutableArray<ProcessName> joins = [.. placement.Except(now.Members.Select(member => member.Name))];

        // A member that is gone helps least. The leader comes last, because its removal costs an election.
        ImmutableArray<ProcessName> leaves =
            [.. members.Except(placement).OrderBy(name => name == now.Leader ? 2 : IsPresent(now, name) ? 1 : 0).ThenBy(name => name)];
        var move = new ShardMove(now.Group, joins, leaves, null);
        return move with
        {
            Next = WhyObstructed(now, move, members) is { } obstacle ? new ShardStep.Wait(obstacle, IsObstacle: true)
                : WhyBehind(before, now, placement, members) is { } why ? new ShardStep.Wait(why)
                : !joins.IsEmpty && members.Count <= placement.Length ? new ShardStep.Join(joins[0])
                : leaves.IsEmpty ? null
                : WhyTooFew(now, members, leaves[0]) is { } few ? new ShardStep.Wait(few, IsObstacle: true)
                : new ShardStep.Leave(leaves[0]),
        };
    }

    // Looks at the processes that are to have the shard. Those that leave may be down.
    private static string? WhyObstructed(GroupStatus now, ShardMove move, List<ProcessName> members)
    {
        var placement = now.Processes.First(status => !status.Placement.IsEmpty).Placement;
        var concerned = now.Processes.Where(status => members.Contains(status.Name) || placement.Contains(status.Name)).ToList();
        if (concerned.Find(status => !status.Placement.SequenceEqual(placement)) is { } other)
        {
            return $"{other.Name} has another raft.shard-nodes than other processes of its group: restart all nodes with one list";
        }

        if (now.Leader is null)
        {
            return "it has no leader";
        }

        foreach (var name in placement)
        {
            var (status, joins) = (now.StatusOf(name), move.Joins.Contains(name));
            if (status is null)
            {
                return joins ? $"{name} does not run, or is not reached: start its node" : $"{name} does not answer: start its node";
            }

            if (status.Standing is { } standing
                && !(standing is ProblemKind.Waiting or ProblemKind.Opening || (joins && standing == ProblemKind.Removed)))
            {
                var problem = GroupHealth.Of(status).First(problem => problem.Kind == standing);
                return $"{name} {problem.Text}{(problem.Remedy is { } remedy ? $". {remedy}" : "")}";
            }
        }

        return null;
    }

    // Each member of the placement has all that was committed at the look before, and as many vote as the group wants.
    private static string? WhyBehind(
        GroupStatus? before, GroupStatus now, ImmutableArray<ProcessName> placement, List<ProcessName> members)
    {
        foreach (var name in placement.Where(members.Contains))
        {
            if (before is null || !IsPresent(before, name) || !IsPresent(now, name))
            {
                return $"{name} has not come yet";
            }

            var (has, wanted) = (now.StatusOf(name)?.Committed, before.Processes.Max(status => status.Committed));
            if (has < wanted)
            {
                return $"{name} has the pairs up to serial {has} of {wanted}";
            }
        }

        var max = now.Latest?.MaxQuorum ?? QuorumSize.Max;
        var (vote, should) = (
            now.Members.Count(member => member.IsVoter), QuorumSize.For(Math.Min(members.Count, placement.Length), max));
        return vote < should ? $"{vote} of {should} vote" : null;
    }

    // The group refuses a change without a majority that is heard, too. Here it shows in the plan.
    private static string? WhyTooFew(GroupStatus now, List<ProcessName> members, ProcessName leaving)
    {
        var rest = members.Where(name => name != leaving).ToList();
        var present = rest.Count(name => IsPresent(now, name));
        return 2 * present > rest.Count ? null : $"without {leaving} only {present} of {rest.Count} members take part";
    }

    private static bool IsPresent(GroupStatus group, ProcessName name) => group.StatusOf(name) is { Standing: null };
}

/// <summary>A step of the move of a shard. Closed.</summary>
internal abstract record ShardStep
{
    public sealed record Join(ProcessName Name) : ShardStep;

    public sealed record Leave(ProcessName Name) : ShardStep;

    /// <param name="Why">A clause, for people.</param>
    /// <param name="IsObstacle">It does not pass by itself. A shard whose move has not begun is skipped then.</param>
    public sealed record Wait(string Why, bool IsObstacle = false) : ShardStep;
}
