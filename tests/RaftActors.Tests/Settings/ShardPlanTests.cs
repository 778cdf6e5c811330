using Akka.Configuration;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Settings;

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
