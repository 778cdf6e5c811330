namespace RaftActors.Tests.Settings;

public sealed class ShardPlanTests
{
    private const string Roster = """raft.roster = ["kv@n1", "kv@n2", "kv@n3", "kv@n4"] """;

    [Fact]
    public void Shard_has_a_process_of_its_name_on_each_node_of_the_roster()
    {
        var settings = Read(new RaftShards("kv", 8).All[5], "n2");

        Assert.Equal("kv-5", settings.Group);
        Assert.Equal(new ProcessName("kv-5@n2"), settings.Self);
        Assert.Equal(["kv-5@n1", "kv-5@n2", "kv-5@n3", "kv-5@n4"], settings.Roster.Select(name => name.Value));
    }

    [Fact]
    public void Roster_with_two_processes_of_a_node_is_refused()
    {
        var cause = Assert.Throws<RaftConfigurationException>(
            () => Read(new RaftShards("kv", 1).All[0], "n1", """raft.roster = ["a@n1", "b@n1", "c@n2"] """));
        Assert.Contains("the node 'n1'", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_node_is_preferred_by_as_many_shards_and_so_is_each_second_one()
    {
        var orders = new RaftShards("kv", 12).All.Select(OrderOf).ToList();

        Assert.All(orders.CountBy(order => order[0]), preferred => Assert.Equal(3, preferred.Value));
        Assert.Equal(4, orders.Select(order => order[0]).Distinct().Count());
        Assert.Equal(12, orders.Select(order => (order[0], order[1])).Distinct().Count());
    }

    // Nodes may list the roster in another order, and must agree about the preferred leader.
    [Fact]
    public void Order_of_the_roster_changes_no_priority()
    {
        var reversed = """raft.roster = ["kv@n4", "kv@n3", "kv@n2", "kv@n1"] """;

        Assert.All(new RaftShards("kv", 8).All, shard => Assert.Equal(OrderOf(shard), OrderOf(shard, _ => reversed)));
    }

    [Fact]
    public void Node_of_a_higher_priority_comes_before_the_preference_of_a_shard() =>
        Assert.All(new RaftShards("kv", 8).All, shard => Assert.Equal(
            "n3", OrderOf(shard, node => node == "n3" ? "raft.priority = 1" : "").First()));

    [Fact]
    public void Priority_that_is_too_large_is_refused() =>
        Assert.Throws<RaftConfigurationException>(() => Read(new RaftShards("kv", 1).All[0], "n1", $"raft.priority = {int.MaxValue}"));

    [Fact]
    public void Five_hundred_shards_of_three_processes_spread_over_fifty_nodes()
    {
        var rosters = PlacedOn(NodesOf(50));

        Assert.All(rosters, roster => Assert.Equal(3, roster.Distinct().Count()));
        var counts = rosters.SelectMany(roster => roster).CountBy(node => node).ToDictionary();
        Assert.Equal(50, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 15, 50)); // 30 on average.
        Assert.Equal(50, rosters.Select(roster => roster[0]).Distinct().Count());
    }

    [Fact]
    public void One_node_more_changes_only_the_shards_that_it_gets()
    {
        var (before, after) = (PlacedOn(NodesOf(50)), PlacedOn(NodesOf(51)));

        var moved = 0;
        foreach (var (former, next) in before.Zip(after))
        {
            moved += next.Contains("n51") ? 1 : 0;
            Assert.Equal(former.Where(next.Contains), next.Where(node => node != "n51"));
            Assert.Equal(next.Contains("n51") ? 2 : 3, former.Intersect(next).Count());
        }

        Assert.InRange(moved, 10, 60);
    }

    [Fact]
    public void Processes_of_a_shard_are_spread_over_the_domains_of_nodes()
    {
        // Ten nodes in each of two racks, and one in the third.
        string[] nodes = [.. NodesOf(10).Select(node => $"a.{node}"), .. NodesOf(10).Select(node => $"b.{node}"), "c.n1"];

        Assert.All(PlacedOn(nodes, node => node[..1]), roster => Assert.Equal(["a", "b", "c"], RacksOf(roster)));
        Assert.All(PlacedOn(nodes[..^1], node => node[..1], replicas: 4), roster => Assert.Equal(["a", "a", "b", "b"], RacksOf(roster)));

        static IEnumerable<string> RacksOf(IEnumerable<string> roster) => roster.Select(node => node[..1]).Order();
    }

    [Fact]
    public void Placement_stays_as_it_was_in_earlier_versions() => Assert.Equal(
        ["n23 n28 n49", "n45 n41 n38", "n13 n9 n38"],
        PlacedOn(NodesOf(50)).Take(3).Select(roster => string.Join(' ', roster)));

    [Fact]
    public void Order_of_the_roster_places_no_process_elsewhere() =>
        Assert.Equal(PlacedOn(NodesOf(9)), PlacedOn(NodesOf(9).Reverse()));

    [Fact]
    public void First_node_of_a_placement_is_the_preferred_leader()
    {
        RaftShards shards = new("kv", 8) { Replicas = 3 };

        Assert.All(shards.All, shard =>
        {
            ImmutableArray<ProcessName> all = [.. NodesOf(4).Select(node => new ProcessName($"kv@{node}"))];
            var placed = ShardPlan.RosterOf(shard, all).Select(name => name.Node).ToList();
            Assert.Equal(placed, placed.OrderByDescending(node => Read(shard, node).Priority));
        });
    }

    [Theory]
    [InlineData("n1")]
    [InlineData("n5")]
    [InlineData("n9")]
    public void Process_of_a_shard_with_other_nodes_founds_nothing_and_greets_founders_and_new_ones(string node)
    {
        var shard = new RaftShards("kv", 8) { Replicas = 3 }.All[2];
        var settings = Read(shard, node, """raft { shard-nodes = [n1, n2, n5, n6], joining = auto }""");

        Assert.True(settings.IsJoining);
        Assert.Equal([$"kv-2@{node}"], settings.Roster.Select(name => name.Value));
        Assert.Equal(ShardPlan.PlacedOn(shard, ["n1", "n2", "n5", "n6"]), settings.Placement.AsEnumerable());
        var founders = Read(shard, node).Roster;
        Assert.Equal(founders.Union(settings.Placement).Where(name => name.Node != node).Order(), settings.Greeted.Order());
        Assert.Equal(settings.Placement.Any(name => name.Node == node), settings.JoinsItself);
        Assert.Equal(!settings.JoinsItself, settings.IsElsewhere);
    }

    [Fact]
    public void Nodes_that_a_shard_moves_to_are_its_preferred_leaders()
    {
        var shard = new RaftShards("kv", 8) { Replicas = 3 }.All[2];
        var placed = ShardPlan.PlacedOn(shard, ["n4", "n5", "n6", "n7"]).Select(name => name.Node).ToList();

        Assert.Equal(
            placed,
            placed.Append("n1").OrderByDescending(node => Read(shard, node, "raft.shard-nodes = [n4, n5, n6, n7]").Priority).Take(3));
    }

    [Fact]
    public void Node_that_is_named_twice_is_refused() => Assert.Contains(
        "raft.shard-nodes has a name twice",
        Assert.Throws<RaftConfigurationException>(
            () => Read(new RaftShards("kv", 1).All[0], "n1", "raft.shard-nodes = [n1, n2, n1]")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Other_nodes_need_a_store_on_disk() => Assert.Contains(
        "raft.store.directory is not",
        Assert.Throws<RaftConfigurationException>(
            () => Read(new RaftShards("kv", 1).All[0], "n1", "raft.shard-nodes = [n1, n2, n3]").Validate()).Message,
        StringComparison.Ordinal);

    // Such as the new nodes alone. Then the old ones would leave without a replacement.
    [Fact]
    public void Fewer_other_nodes_than_three_are_refused_unless_they_are_allowed()
    {
        var shard = new RaftShards("kv", 1) { Replicas = 3 }.All[0];
        const string Config = "raft { shard-nodes = [n4], store.directory = x }";

        Assert.Contains(
            "raft.shard-nodes leaves group 'kv-0' 1 process(es)",
            Assert.Throws<RaftConfigurationException>(() => Read(shard, "n4", Config).Validate()).Message,
            StringComparison.Ordinal);
        Read(shard, "n4", Config + "\nraft.quorum.allow-fewer-than-three = on").Validate();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Fewer_replicas_than_one_are_refused(int replicas) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RaftShards("kv", 1) { Replicas = replicas });

    private static IEnumerable<string> NodesOf(int count) => Enumerable.Range(1, count).Select(number => $"n{number}");

    private static List<List<string>> PlacedOn(IEnumerable<string> nodes, Func<string, string>? domainOf = null, int replicas = 3)
    {
        RaftShards shards = new("kv", 500) { Replicas = replicas, DomainOf = domainOf };
        ImmutableArray<ProcessName> roster = [.. nodes.Select(node => new ProcessName($"kv@{node}"))];
        return [.. shards.All.Select(shard => ShardPlan.RosterOf(shard, roster).Select(name => name.Node).ToList())];
    }

    private static List<string> OrderOf(RaftShard shard) => OrderOf(shard, _ => "");

    private static List<string> OrderOf(RaftShard shard, Func<string, string> hoconOf) =>
        [.. new[] { "n1", "n2", "n3", "n4" }.OrderByDescending(node => Read(shard, node, hoconOf(node)).Priority)];

    private static RaftSettings Read(RaftShard shard, string node, string hocon = "")
    {
        var config = ConfigurationFactory.ParseString(hocon)
            .WithFallback(ConfigurationFactory.ParseString($"raft.node = {node}"))
            .WithFallback(ConfigurationFactory.ParseString(Roster))
            .WithFallback(RaftActors.Raft.DefaultConfig());
        return RaftSettings.Read(config, new RaftOptions<string> { Shard = shard }, "actor", null);
    }
}
