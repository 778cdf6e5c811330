using System.Collections.Immutable;

using RaftActors.Coordination.Bootstrap;

namespace RaftActors.Coordination.Tests;

/// <summary>How nodes find or found their cluster, over a group in memory and without Akka.Cluster.</summary>
public sealed class BootstrapRuleTests
{
    private static readonly TimeSpan MemberTimeout = TimeSpan.FromSeconds(10);

    private readonly ManualClock _clock = new();
    private Func<Command, Task> _delay = _ => Task.CompletedTask;
    private readonly FakeClient _client;

    public BootstrapRuleTests() => _client = new FakeClient { Delay = command => _delay(command) };

    [Fact]
    public void Node_joins_the_members_of_the_latest_cluster_and_no_others()
    {
        var step = Record(7, ("a", 7, true), ("b", 7, false), ("c", 6, true), ("d", 7, true), ("e", 8, true)).StepOf("x");

        Assert.Equal(["a", "d"], Assert.IsType<ClusterRecord.Step.Join>(step).Members.ToArray());
    }

    [Fact]
    public void Items_of_other_programs_are_no_claims_and_another_system_has_a_record_of_its_own()
    {
        var record = ClusterRecord.Of("shop", [
            new("akka-cluster/shop/node/sim://shop@a:1#1", "3 in", 5),
            new("akka-cluster/shop/node/sim://shop@b:1#2", "three", 6),
            new("akka-cluster/shop/node/sim://shop@c:1#3", "", 7),
            new("akka-cluster/shop/node/sim://shop@d:1", "3 in", 8),
            new("akka-cluster/shop/node/rubbish", "3 in", 8),
            new("akka-cluster/shop/node/a:1#1", "3 in", 8),
            new("akka-cluster/shop/node/sim://shop#1", "3 in", 8),
            new("akka-cluster/shop/number", "3", 8),
        ]);

        Assert.Equal((3, 8), (record.Number, record.Version));
        Assert.Equal([new("sim://shop@a:1#1", 3, true, 5)], record.Claims.ToArray());
        Assert.NotEqual(ClusterRecord.PrefixOf("shop"), ClusterRecord.PrefixOf("shop2")[..ClusterRecord.PrefixOf("shop").Length]);
    }

    [Theory]
    [InlineData("seven")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("9223372036854775807")]
    [InlineData("99999999999999999999")]
    public void Text_in_place_of_the_number_of_the_cluster_is_refused_with_the_name_of_the_item(string text)
    {
        var refused = Assert.Throws<InvalidOperationException>(
            () => ClusterRecord.Of("shop", [new("akka-cluster/shop/number", text, 1)]));

        Assert.StartsWith($"The item 'akka-cluster/shop/number' is '{text}', which is no number of a cluster.", refused.Message);
    }

    [Fact]
    public void Item_of_another_program_is_no_member_that_a_node_would_wait_for()
    {
        var a = Start("a");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _ = _client.AppendAsync("akka-cluster/shop/node/rubbish", new Command.Put("1 in", null, 0, null), null, null, null, default);
        a.Leave();

        var b = Start("b");
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["b"], b.Asked.Distinct());
        Assert.Equal("2", Item("number"));
    }

    [Fact]
    public void Former_life_of_a_node_has_its_address_and_another_uid()
    {
        var record = Record(3, ("sim://shop@a:1#1", 3, true), ("sim://shop@a:11#1", 3, true), ("sim://shop@a:1#2", 3, true));

        Assert.Equal(["sim://shop@a:1#1"], record.FormerLivesOf("sim://shop@a:1#2").Select(each => each.Node));
    }

    [Fact]
    public void Founder_that_died_before_it_joined_itself_is_followed_by_its_next_life_with_a_higher_number()
    {
        Start("a");
        var b = Start("b");
        var next = Start("a", uid: 2);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("2", Item("number"));
        Assert.Single([next, b], each => each.Asked.Count > 0);
    }

    [Fact]
    public void One_of_two_nodes_that_propose_the_first_cluster_at_one_time_founds_it()
    {
        _delay = command => command is Command.Put { Session: 0 } ? Task.Delay(TimeSpan.FromSeconds(1), _clock) : Task.CompletedTask;
        Member a = Start("a"), b = Start("b");

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Single([a, b], each => each.Asked.Count > 0);
    }

    [Fact]
    public void Member_whose_session_is_lost_downs_itself()
    {
        var a = Start("a");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _delay = _ => Task.Delay(Timeout.InfiniteTimeSpan, _clock);

        _clock.Advance(MemberTimeout);

        Assert.True(a.IsDowned);
    }

    [Fact]
    public void Founder_whose_session_was_lost_before_it_was_a_member_downs_itself_when_it_is_Up()
    {
        var a = Start("a");
        Assert.Equal(["a"], a.Asked);
        _delay = _ => Task.Delay(Timeout.InfiniteTimeSpan, _clock);
        _clock.Advance(MemberTimeout);

        a.Enter(a);
        _ = a.Bootstrap.OnUpAsync();

        Assert.True(a.IsDowned);
    }

    [Fact]
    public void Node_that_is_Up_before_its_view_has_the_members_stays()
    {
        var a = Start("a");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var b = Start("b");

        _ = b.Bootstrap.OnUpAsync();
        b.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(b.IsDowned);
        Assert.Equal("1 in", Item("node/" + b.Node));
    }

    [Fact]
    public void Node_that_is_taken_up_by_a_former_cluster_while_it_proposes_the_next_one_downs_itself()
    {
        var a = Start("a");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var b = Start("b");
        a.Leave();
        _delay = command => command is Command.Put { Session: 0 } ? Task.Delay(TimeSpan.FromSeconds(5), _clock) : Task.CompletedTask;
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("2", Item("node/" + b.Node));

        b.Enter(a);
        _ = b.Bootstrap.OnUpAsync();

        Assert.True(b.IsDowned);
    }

    [Fact]
    public void Node_that_is_taken_up_by_a_former_cluster_after_it_was_admitted_to_the_next_one_downs_itself()
    {
        var a = Start("a");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Member b = Start("b"), c = Start("c");
        a.Leave();
        _clock.Advance(TimeSpan.FromSeconds(10));
        var (founder, other) = b.Asked.Contains("b") ? (b, c) : (c, b);
        founder.Enter(founder);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(founder.Asked[^1], other.Asked[^1]);

        other.Enter(a);
        _ = other.Bootstrap.OnUpAsync();

        Assert.True(other.IsDowned);
    }

    [Fact]
    public void Node_whose_claim_comes_late_asks_no_member_of_a_cluster_that_was_replaced()
    {
        var a = Start("a");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _delay = command => command is Command.Put { Session: not 0 } ? Task.Delay(TimeSpan.FromSeconds(5), _clock) : Task.CompletedTask;
        var b = Start("b");
        _delay = _ => Task.CompletedTask;
        a.Leave();
        var c = Start("c");
        c.Enter(c);

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["c"], b.Asked.Distinct());
    }

    [Fact]
    public void Node_that_was_admitted_since_a_proposal_looked_refuses_the_proposal()
    {
        var a = Start("a");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));
        _delay = command => command is Command.Put { Session: not 0 } ? Task.Delay(TimeSpan.FromSeconds(2), _clock) : Task.CompletedTask;
        var b = Start("b");
        _delay = _ => Task.CompletedTask;
        a.Leave();
        _delay = command => command is Command.Put { Session: 0 } ? Task.Delay(TimeSpan.FromSeconds(4), _clock) : Task.CompletedTask;
        var c = Start("c");
        _delay = _ => Task.CompletedTask;

        _clock.Advance(TimeSpan.FromSeconds(4.5));

        Assert.Equal(["a"], b.Asked.Distinct());
        Assert.Empty(c.Asked);
        Assert.Equal("1", Item("number"));
    }

    [Fact]
    public void Cluster_whose_last_member_has_left_is_followed_by_the_next_one_at_once()
    {
        var a = Start("a");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(1));
        a.Leave();

        Assert.Equal(["b"], Start("b").Asked);
        Assert.Equal("2", Item("number"));
    }

    [Fact]
    public void Node_that_asks_members_in_vain_asks_one_after_the_other()
    {
        Member a = Start("a"), b = Start("b");
        a.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(2));
        b.Enter(a);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var c = Start("c");
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["a", "a", "a", "b", "b", "b", "a"], c.Asked.Take(7));
    }

    [Theory]
    [InlineData("akka.actor.provider = remote", "this actor system has no Akka.Cluster")]
    [InlineData("akka.cluster.seed-nodes = [\"akka.tcp://shop@a:1\"]", "akka.cluster.seed-nodes names akka.tcp://shop@a:1. Seed nodes")]
    [InlineData("raft.discovery = cluster", "raft.discovery is cluster, so the group would wait for the cluster")]
    [InlineData("akka.cluster.downing-provider-class = \"\"", "akka.cluster.downing-provider-class is ''")]
    [InlineData("akka.cluster.retry-unsuccessful-join-after = 5s", "retry-unsuccessful-join-after is 5s, so Akka.Cluster could join")]
    [InlineData("raft-coordination.member-timeout = 1s", "member-timeout is '1s'; it must be 3s to 1h.")]
    [InlineData("raft-coordination.member-timeot = 5s", "There is no setting raft-coordination.member-timeot. The nearest one is")]
    [InlineData("raft-coordination.groups.a.bootstrap = on", "There is no setting raft-coordination.groups.a.bootstrap.")]
    public void Wrong_setting_is_named(string setting, string message)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka.cluster.downing-provider-class = "RaftActors.Coordination.RaftDowningProvider, RaftActors.Coordination"
            akka.cluster.retry-unsuccessful-join-after = off
            raft.discovery = node-names
            raft-coordination.bootstrap = on
            {{setting}}
            """);

        var thrown = Assert.Throws<RaftConfigurationException>(() =>
            BootstrapSettings.Read(config, isClustered: !setting.Contains("provider = remote", StringComparison.Ordinal)));

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Group_does_not_decide_about_clusters_unless_it_is_told_to() =>
        Assert.Null(BootstrapSettings.Read(ConfigurationFactory.ParseString("akka.cluster.seed-nodes = [x]"), isClustered: true));

    private static ClusterRecord Record(long number, params (string Node, long Number, bool IsIn)[] claims) =>
        new(number, 1, [.. claims.Select(each => new ClusterRecord.Claim(each.Node, each.Number, each.IsIn, 1))]);

    private Member Start(string name, int uid = 1)
    {
        var member = new Member(name, uid, _client, _clock);
        _ = member.Bootstrap.RunAsync();
        return member;
    }

    private string? Item(string name)
    {
        var read = _client.QueryAsync<byte[]>(
            CoordinationJson.ToBytes(new Question.OfItem($"akka-cluster/shop/{name}")), null, null, default).Result;
        return System.Text.Json.JsonSerializer.Deserialize(read.Result, CoordinationJson.Default.ItemsView)!.Items.SingleOrDefault()?.Value;
    }

    /// <summary>One node, whose cluster is what the test says.</summary>
    private sealed class Member
    {
        private ImmutableHashSet<string> _members = [];

        public Member(string name, int uid, FakeClient client, TimeProvider clock)
        {
            Node = $"sim://shop@{name}:1#{uid}";
            var calls = new CoordinationCalls(client, clock);
            var settings = new CoordinationSettings("coordination", [], name, MemberTimeout, MemberTimeout / 10, 0);
            var keeper = new SessionKeeper(calls, settings, name, clock, NoLogger.Instance);
            Bootstrap = new(
                new(Node, () => _members, address => Asked.Add(address.Host), () => IsDowned = true),
                "shop",
                new RaftItems(calls, keeper),
                keeper,
                clock,
                NoLogger.Instance,
                "");
        }

        public string Node { get; }

        public ClusterBootstrap Bootstrap { get; }

        /// <summary>The hosts that it has asked to take it up.</summary>
        public List<string> Asked { get; } = [];

        public bool IsDowned { get; private set; }

        /// <summary>A member, or this node as the founder, takes it up.</summary>
        public void Enter(Member member) => _members = [Node, member.Node];

        public void Leave()
        {
            _members = [];
            _ = Bootstrap.DisposeAsync();
        }
    }
}
