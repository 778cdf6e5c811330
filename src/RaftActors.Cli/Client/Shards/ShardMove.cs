namespace RaftActors.Cli.Client.Shards;

/// <summary>The move of one shard, as its processes show it.</summary>
/// <param name="Joins">The processes that <c>raft.shard-nodes</c> places the shard on, and that are no members.</param>
/// <param name="Leaves">The members that it does not place the shard on, in the order in which they leave.</param>
/// <param name="Next">The next step. Null: none is left.</param>
internal sealed record ShardMove(string Group, ImmutableArray<ProcessName> Joins, ImmutableArray<ProcessName> Leaves, ShardStep? Next)
{
    // The largest raft.quorum.max.
    private const int QuorumMax = 11;

    public bool IsDue => !Joins.IsEmpty || !Leaves.IsEmpty || Disputer is not null;

    /// <summary>A process of the shard that another list places than the other processes. Null: there is none.</summary>
    private ProcessName? Disputer { get; init; }

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

        // A member that never votes was added by hand, and is no replica of the placement. A process that has left may have an older list.
        var members = now.Members.Where(member => !member.NeverVotes).Select(member => member.Name).ToList();
        var placement = (told.Find(status => members.Contains(status.Name)) ?? told[0]).Placement;
        ImmutableArray<ProcessName> joins = [.. placement.Except(now.Members.Select(member => member.Name))];

        // Members that are gone leave first. So those that are left have a majority after each step. The leader is the last one, because
        // its removal costs an election.
        ImmutableArray<ProcessName> leaves =
            [.. members.Except(placement).OrderBy(name => name == now.Leader ? 2 : now.IsPresent(name) ? 1 : 0).ThenBy(name => name)];
        var move = new ShardMove(now.Group, joins, leaves, null)
        {
            Disputer = now.Processes.Where(status => members.Contains(status.Name) || placement.Contains(status.Name))
                .FirstOrDefault(status => !status.Placement.SequenceEqual(placement))?.Name,
        };
        return move with
        {
            Next = WhyObstructed(now, move, placement) is { } obstacle ? new ShardStep.Wait(obstacle, IsObstacle: true)
                : WhyBehind(before, now, placement, members) is { } why ? new ShardStep.Wait(why)
                : !joins.IsEmpty && members.Count <= placement.Length ? new ShardStep.Join(joins[0])
                : leaves.IsEmpty ? null
                : new ShardStep.Leave(leaves[0]),
        };
    }

    // Looks at the processes that are to have the shard. Those that leave may be down.
    private static string? WhyObstructed(GroupStatus now, ShardMove move, ImmutableArray<ProcessName> placement)
    {
        if (move.Disputer is { } other)
        {
            return $"{other} is placed by another raft.shard-nodes than other processes of its group: restart all nodes with one list";
        }

        if (now.Leader is null)
        {
            return "it has no leader";
        }

        if (now.Members.FirstOrDefault(member => member.NeverVotes && placement.Contains(member.Name)) is { Name: var never })
        {
            return $"{never} never votes, so it replaces no member that leaves: remove it, and this command adds it with a vote";
        }

        foreach (var name in placement)
        {
            var (status, joins) = (now.StatusOf(name), move.Joins.Contains(name));
            if (status is null)
            {
                return joins ? $"{name} does not run, or is not reached: start its node" : $"{name} does not answer: start its node";
            }

            if (joins && status.Identity != Guid.Empty && status.Identity != now.Latest?.Identity)
            {
                return $"{name} belongs to another group of this name: stop it, and run 'raft log forget' for it";
            }

            if (status.Standing is { } standing
                && !(standing is ProblemKind.Waiting or ProblemKind.Opening || (joins && standing == ProblemKind.Removed)))
            {
                var problem = status.Problems.First(problem => problem.Kind == standing);
                return $"{name} {problem.TextIn(now.Group)}{(problem.Remedy is { } remedy ? $". {remedy}" : "")}";
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
            if (before is null || !before.IsPresent(name) || !now.IsPresent(name))
            {
                return $"{name} has not come yet";
            }

            var (has, wanted) = (now.StatusOf(name)?.Committed, before.Processes.Max(status => status.Committed));
            if (has < wanted)
            {
                return $"{name} has the pairs up to serial {has} of {wanted}";
            }
        }

        var max = now.Latest?.MaxQuorum ?? QuorumMax;
        var (vote, should) = (
            now.Members.Count(member => member.IsVoter), VotersFor(Math.Min(members.Count, placement.Length), max));
        return vote < should ? $"{vote} of {should} vote" : null;
    }

    // The largest odd number of members up to the maximum, or all of one or two.
    private static int VotersFor(int members, int max) =>
        members < 3 ? members : Math.Min(members, max) is var size && size % 2 == 0 ? size - 1 : size;
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
