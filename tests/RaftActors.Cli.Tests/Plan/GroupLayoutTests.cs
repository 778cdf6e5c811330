using System.Collections.Immutable;

using RaftActors.Cli.Plan;
using RaftActors.Settings;

namespace RaftActors.Cli.Tests.Plan;

/// <summary>Groups that are laid out on nodes.</summary>
public sealed class GroupLayoutTests
{
    private static readonly GroupLayout Layout = GroupLayout.Of(1000, 20, 3, 1);

    [Fact]
    public void Same_seed_gives_the_same_layout_and_another_one_differs()
    {
        Assert.Equal(All(Layout), All(GroupLayout.Of(1000, 20, 3, 1)));
        Assert.NotEqual(All(Layout), All(GroupLayout.Of(1000, 20, 3, 2)));
    }

    [Fact]
    public void Each_group_has_its_members_on_different_nodes_and_each_node_as_many()
    {
        Assert.All(Enumerable.Range(0, 1000), group => Assert.Equal(3, Layout.MembersOf(group).Distinct().Count()));
        Assert.Equal(3000, Layout.MembersByNode().Sum());
        Assert.True(Layout.MembersByNode().Max() - Layout.MembersByNode().Min() <= 1);
    }

    [Fact]
    public void Leader_is_the_member_that_the_priorities_of_shards_prefer() => Assert.All([0, 1, 2, 500, 999], group =>
    {
        var shard = new RaftShards("g", 1000).All[group];
        ImmutableArray<ProcessName> roster =
            [.. Layout.MembersOf(group).Select(node => new ProcessName($"{shard.Group}@{GroupLayout.NameOf(node)}"))];

        var priorities = roster.Select(name => ShardPlan.PriorityOf(shard, name, roster, priority: 0)).ToArray();

        Assert.Equal(priorities.OrderDescending(), priorities);
    });

    [Fact]
    public void All_groups_have_leaders_with_and_without_a_node()
    {
        Assert.Equal(1000, Layout.LeadersByNode().Sum());
        Assert.Equal(1000, Layout.LeadersByNode(lost: 7).Sum());
        Assert.Equal(0, Layout.LeadersByNode(lost: 7)[7]);
        Assert.All(
            Layout.LeadersByNode().Zip(Layout.LeadersByNode(lost: 7)).Where((_, node) => node != 7),
            pair => Assert.True(pair.Second >= pair.First));
    }

    [Fact]
    public void Members_of_a_lost_node_go_to_nodes_without_one_evenly()
    {
        var moves = Layout.MovesFrom(7, 1);

        Assert.Equal(Layout.MembersByNode()[7], moves.Count);
        Assert.All(moves, move => Assert.False(move.Target == 7 || Layout.MembersOf(move.Group).Contains(move.Target)));
        var after = Layout.MembersByNode();
        foreach (var (_, target) in moves)
        {
            after[target]++;
        }

        after[7] = after[0];
        Assert.InRange(after.Max() - after.Min(), 0, 2);
    }

    [Fact]
    public void Group_on_all_nodes_has_no_place_for_another_member() =>
        Assert.All(GroupLayout.Of(5, 3, 3, 1).MovesFrom(0, 1), move => Assert.Equal(-1, move.Target));

    // Five groups on all of three nodes: each node leads one, so all three pairs of nodes watch each other.
    [Fact]
    public void Nodes_watch_each_other_once_for_all_groups()
    {
        var layout = GroupLayout.Of(5, 3, 3, 1);

        Assert.Equal((3, 2), (layout.WatchingPairs(), layout.WatchedBy().Max()));
        var forecast = LayoutForecast.Predict(layout, new Workload(), 1);
        Assert.Equal((80, 24), (forecast.AwakeMessages, forecast.QuietMessages));
    }

    [Fact]
    public void Forecast_counts_the_loss_of_the_node_that_leads_the_most()
    {
        var forecast = LayoutForecast.Predict(Layout, new Workload { StateBytes = 1_000_000, Bandwidth = 1e8 }, 1);

        Assert.Equal(Layout.LeadersByNode().Max(), forecast.Elections);
        Assert.Equal(10 * forecast.Elections, forecast.ElectionMessages);
        Assert.Equal(forecast.Moves * 1_000_000.0, forecast.MovedBytes);
        Assert.Equal(forecast.MovesMost * 0.01, forecast.MoveTime.TotalSeconds, 6);
        Assert.Equal(150, forecast.Moves);
    }

    private static IEnumerable<int> All(GroupLayout layout) => Enumerable.Range(0, layout.Groups).SelectMany(layout.MembersOf);
}
