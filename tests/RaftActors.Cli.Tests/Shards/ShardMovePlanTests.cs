using RaftActors.Cli.Client.Shards;
using RaftActors.Settings;

namespace RaftActors.Cli.Tests.Shards;

/// <summary>The plan of <c>raft shards move</c> for one shard, by what its processes say.</summary>
public sealed class ShardMovePlanTests
{
    private static readonly Guid Uid = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    [Fact]
    public void Steps_alternate_until_the_members_are_those_of_the_placement() =>
        Assert.Equal(["join 4", "leave 2", "join 5", "leave 3"], Steps(new Shard([1, 2, 3], [1, 4, 5])));

    [Fact]
    public void Shard_on_its_nodes_has_nothing_to_move()
    {
        var move = Plan(new Shard([1, 2, 3], [3, 2, 1]));

        Assert.False(move.IsDue);
        Assert.Null(move.Next);
    }

    [Fact]
    public void Group_without_shard_nodes_is_not_planned() => Assert.Null(ShardMove.Of(null, new Shard([1, 2, 3], []).Look()));

    [Fact]
    public void Leader_leaves_last_and_a_lost_node_first() => Assert.Equal(
        ["join 4", "leave 3", "join 5", "leave 2", "join 6", "leave 1"], Steps(new Shard([1, 2, 3], [4, 5, 6]) { Down = [3] }));

    [Fact]
    public void Member_that_never_votes_stays() =>
        Assert.Equal(["join 4", "leave 3"], Steps(new Shard([1, 2, 3], [1, 2, 4]) { NonVoter = 9 }));

    [Fact]
    public void More_replicas_join_and_fewer_leave()
    {
        Assert.Equal(["join 4", "join 5"], Steps(new Shard([1, 2, 3], [1, 2, 3, 4, 5])));
        Assert.Equal(["leave 4", "leave 5"], Steps(new Shard([1, 2, 3, 4, 5], [1, 2, 3])));
    }

    [Fact]
    public void Old_member_stays_until_the_new_one_has_what_was_committed()
    {
        Shard shard = new([1, 2, 3, 4], [1, 2, 4]) { Lagging = 4 };
        var before = shard.Look();

        Assert.Equal(
            "kv-0@4 has the pairs up to serial 3 of 7", Assert.IsType<ShardStep.Wait>(ShardMove.Of(before, shard.Look())!.Next).Why);
        shard.Lagging = null;
        Assert.Equal(new ShardStep.Leave(Name(3)), ShardMove.Of(before, shard.Look())!.Next);
    }

    [Fact]
    public void Old_member_stays_while_fewer_vote_than_should()
    {
        Shard shard = new([1, 2, 3, 4], [1, 2, 4]) { Voters = 2 };

        Assert.Equal("2 of 3 vote", Assert.IsType<ShardStep.Wait>(Plan(shard).Next).Why);
    }

    [Theory]
    [InlineData("it has no leader", "leaderless")]
    [InlineData("kv-0@2 does not answer: start its node", "stays", 2)]
    [InlineData("kv-0@4 does not run, or is not reached: start its node", "joins", 4)]
    [InlineData("kv-0@2 is fenced: old copy. Stop it, run 'raft log forget GROUP --data DIR'", "fenced", 2)]
    [InlineData("kv-0@4 belongs to another group of this name", "foreign", 4)]
    public void Shard_is_held(string why, string what, int node = 0)
    {
        Shard shard = new([1, 2, 3], [1, 2, 4]) { HasLeader = what != "leaderless" };
        shard.Change = status => status.Name != Name(node) ? status : what switch
        {
            "stays" or "joins" => null,
            "fenced" => status with { Fence = "old copy" },
            _ => status with { Identity = Guid.NewGuid(), Members = [new GroupMember(Name(4), isVoter: true)] },
        };

        Assert.StartsWith(why, Plan(shard).Obstacle);
    }

    // The first process may have the older list, by which nothing moves.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Shard_whose_processes_have_two_lists_is_due_and_held(int older)
    {
        Shard shard = new([1, 2, 3], [1, 2, 4])
        {
            Change = status => status.Name == Name(older) ? status with { Placement = [Name(1), Name(2), Name(3)] } : status,
        };

        Assert.True(Plan(shard).IsDue);
        Assert.Contains(" is placed by another raft.shard-nodes ", Plan(shard).Obstacle);
    }

    // It runs on although it has left, and need not be restarted with the new list.
    [Fact]
    public void Older_list_of_a_process_that_has_left_holds_no_move()
    {
        Shard shard = new([2, 3, 4], [2, 3, 5])
        {
            Left = 1,
            Change = status => status.Name == Name(1) ? status with { Placement = [Name(2), Name(3), Name(4)] } : status,
        };

        Assert.Equal(["join 5", "leave 4"], Steps(shard));
    }

    // Otherwise the old members would leave, and fewer than before would vote.
    [Fact]
    public void Shard_is_held_whose_new_process_never_votes() =>
        Assert.StartsWith("kv-0@4 never votes", Plan(new Shard([1, 2, 3], [1, 2, 4]) { NonVoter = 4 }).Obstacle);

    // Rule: a majority of the members takes part before and after each step, and no step concerns a process that stays.
    [Fact]
    public void No_step_of_random_moves_leaves_fewer_than_a_majority_and_each_goes_on_wherever_it_was_ended()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var shards = new RaftShards("kv", 1) { Replicas = random.Next(3, 6) };
            var (before, after) = (Placed(NodesOf()), Placed(NodesOf()));
            var leaving = before.Except(after).ToArray();
            random.Shuffle(leaving);
            Shard shard = new(before, after) { Down = [.. leaving.Take(random.Next(1 + ((before.Length - 1) / 2)))] };
            var (steps, joined, left) = (0, new List<int>(), new List<int>());
            while (Plan(shard, isBegun: random.Next(2) == 0) is { IsDue: true } move)
            {
                Assert.True(++steps < 100, $"Seed {seed}: the move does not end.");
                Assert.Equal(after.Except(shard.Members).Select(Name), move.Joins);
                Assert.Equal(shard.Members.Except(after).Select(Name).Order(), move.Leaves.Order());
                joined.AddRange(move.Next is ShardStep.Join(var joins) ? [int.Parse(joins.Node)] : []);
                left.AddRange(move.Next is ShardStep.Leave(var leaves) ? [int.Parse(leaves.Node)] : []);
                Assert.True(shard.Take(move.Next), $"Seed {seed}: the move is held: {move.Obstacle}.");
                Assert.True(2 * shard.Members.Except(shard.Down).Count() > shard.Members.Count, $"Seed {seed}: no majority.");
                Assert.True(shard.Members.Count >= Math.Min(before.Length, after.Length), $"Seed {seed}: too few members.");
            }

            Assert.Equal(after.Order(), shard.Members.Order());
            Assert.Equal(after.Except(before).Order(), joined.Order());
            Assert.Equal(leaving.Order(), left.Order());

            string[] NodesOf()
            {
                var nodes = Enumerable.Range(1, 9).ToArray();
                random.Shuffle(nodes);
                return [.. nodes.Take(random.Next(3, 9)).Select(node => $"{node}")];
            }

            int[] Placed(string[] nodes) => [.. ShardPlan.PlacedOn(shards.All[0], nodes).Select(name => int.Parse(name.Node))];
        }
    }

    private static IEnumerable<string> Steps(Shard shard)
    {
        while (Plan(shard).Next is { } next)
        {
            yield return next switch
            {
                ShardStep.Join(var name) => $"join {name.Node}",
                ShardStep.Leave(var name) => $"leave {name.Node}",
                _ => $"{next}",
            };
            Assert.True(shard.Take(next));
        }
    }

    private static ShardMove Plan(Shard shard, bool isBegun = true) => ShardMove.Of(isBegun ? shard.Look() : null, shard.Look())!;

    private static ProcessName Name(int node) => new($"kv-0@{node}");

    /// <summary>A shard whose processes all know the same. Its leader is the first member that runs.</summary>
    private sealed class Shard(IEnumerable<int> members, IEnumerable<int> placement)
    {
        public List<int> Members { get; } = [.. members];

        public int[] Down { get; init; } = [];

        public int? NonVoter { get; init; }

        public int? Left { get; init; }

        public int? Voters { get; init; }

        public bool HasLeader { get; init; } = true;

        public int? Lagging { get; set; }

        public Func<RaftStatus, RaftStatus?> Change { get; set; } = status => status;

        public GroupStatus Look() => new(
            "kv-0",
            [
                .. Members.Union(placement).Union(Left is { } left ? [left] : []).Order().Except(Down)
                    .Select(Of).Select(Change).OfType<RaftStatus>(),
            ],
            []);

        /// <summary>Makes a step. Returns false if the plan waits for an operator.</summary>
        public bool Take(ShardStep? step)
        {
            switch (step)
            {
                case ShardStep.Join(var name):
                    Members.Add(int.Parse(name.Node));
                    return true;
                case ShardStep.Leave(var name):
                    Members.Remove(int.Parse(name.Node));
                    return true;
                default:
                    return step is ShardStep.Wait { IsObstacle: false };
            }
        }

        private RaftStatus Of(int node)
        {
            var size = Voters ?? QuorumSize.For(Members.Count, QuorumSize.Max);
            var isMember = Members.Contains(node);
            return new RaftStatus("kv-0", Name(node))
            {
                IsOpen = true,
                Identity = isMember ? Uid : Guid.Empty,
                Leader = HasLeader && isMember ? Name(Members.Except(Down).First()) : null,
                Members = isMember ? [.. Voting(size)] : [new GroupMember(Name(node), isVoter: false)],
                MembersAt = new LogIndex(isMember ? 5 : 0),
                Committed = new Serial(node == Lagging ? 3 : isMember ? 7 : 0),
                Placement = [.. placement.Select(Name)],
            };
        }

        private IEnumerable<GroupMember> Voting(int size) =>
            [
                .. Members.Select((node, index) => new GroupMember(Name(node), isVoter: index < size)),
                .. NonVoter is { } never ? [new GroupMember(Name(never), isVoter: false, neverVotes: true)] : (GroupMember[])[],
            ];
    }
}
