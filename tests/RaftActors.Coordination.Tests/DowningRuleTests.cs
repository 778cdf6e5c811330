using System.Collections.Immutable;

using Akka.Cluster;

using RaftActors.Coordination.Downing;

namespace RaftActors.Coordination.Tests;

/// <summary>The rules by which one node decides, without a cluster.</summary>
public sealed class DowningRuleTests
{
    private static readonly DowningSettings Settings = new(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8));

    [Fact]
    public void Unreachable_members_are_doomed_if_this_node_cannot_reach_one_of_them()
    {
        var view = View(("a", false, null), ("b", false, true), ("c", true, false), ("d", true, null));

        Assert.Equal(["c", "d"], view.FindDoomed().ToArray());
    }

    [Fact]
    public void Nobody_is_doomed_by_a_node_that_can_reach_all_that_it_monitors() =>
        Assert.Empty(View(("a", false, null), ("b", true, true), ("c", true, null)).FindDoomed());

    [Fact]
    public void Member_that_answers_this_node_is_spared() =>
        Assert.Equal(["c"], View(("a", true, null), ("b", true, true), ("c", true, false)).FindDoomed().ToArray());

    [Theory]
    [InlineData("b", false)]
    [InlineData("bc", false)]
    [InlineData("a", false)]
    [InlineData("ab", true)]
    [InlineData("bcd", true)]
    public void Side_is_a_minority_if_it_is_smaller_or_equal_without_the_first_member(string doomed, bool isMinority) => Assert.Equal(
        isMinority,
        View(("a", false, null), ("b", false, null), ("c", false, null), ("d", false, null))
            .IsMinority([.. doomed.Select(each => $"{each}")]));

    [Fact]
    public void Larger_side_decides_when_the_unreachable_members_are_stable_and_the_smaller_one_later()
    {
        var timers = new DowningTimers(Settings);
        timers.OnSeen(View(("a", false, null), ("b", true, false)), At(10));
        timers.OnSeen(View(("a", false, null), ("b", true, false), ("c", true, false)), At(11));

        Assert.False(timers.IsDecisionDue(isMinority: false, At(14.9)));
        Assert.True(timers.IsDecisionDue(isMinority: false, At(15)));
        Assert.False(timers.IsDecisionDue(isMinority: true, At(16.9)));
        Assert.True(timers.IsDecisionDue(isMinority: true, At(17)));

        // As many members are unreachable as before, and not the same ones.
        timers.OnSeen(View(("a", false, null), ("b", true, false), ("d", true, false)), At(12));
        Assert.False(timers.IsDecisionDue(isMinority: false, At(15.9)));
        Assert.True(timers.IsDecisionDue(isMinority: false, At(16)));
    }

    [Fact]
    public void Members_that_come_and_go_are_decided_on_before_the_node_gives_up()
    {
        var timers = new DowningTimers(Settings);
        for (var time = 10.0; time < 16; time++)
        {
            Assert.False(timers.IsDecisionDue(isMinority: false, At(time)));
            timers.OnSeen(View(("a", false, null), ("b", true, false), ("c", time % 2 == 0, false)), At(time));
        }

        Assert.True(timers.IsDecisionDue(isMinority: false, At(16)));
    }

    [Fact]
    public void Node_that_learns_of_a_decision_looks_anew_before_it_decides()
    {
        var timers = new DowningTimers(Settings);
        timers.OnSeen(View(("a", false, null), ("b", true, false), ("c", true, false)), At(10));
        timers.OnDecided(At(20));

        Assert.False(timers.IsDecisionDue(isMinority: false, At(23.9)));
        Assert.True(timers.IsDecisionDue(isMinority: false, At(24)));
        Assert.False(timers.IsDecisionDue(isMinority: true, At(25.9)));
    }

    [Fact]
    public void Nothing_is_due_while_all_members_are_reachable()
    {
        var timers = new DowningTimers(Settings);
        timers.OnSeen(View(("a", false, null), ("b", true, false)), At(10));
        timers.OnSeen(View(("a", false, null), ("b", false, true)), At(11));

        Assert.False(timers.IsDecisionDue(isMinority: false, At(100)));
        Assert.False(timers.IsOver(At(100)));
    }

    [Fact]
    public void Node_gives_up_when_the_group_has_not_answered_since_members_became_unreachable()
    {
        var timers = new DowningTimers(Settings);
        timers.OnRead(At(1));
        timers.OnSeen(View(("a", false, null), ("b", true, false)), At(10));

        Assert.False(timers.IsOver(At(17.9)));
        Assert.True(timers.IsOver(At(18)));

        timers.OnRead(At(12));

        Assert.False(timers.IsOver(At(19.9)));
        Assert.True(timers.IsOver(At(20)));
    }

    [Fact]
    public void Group_is_asked_at_once_after_a_pause_and_always_while_members_are_unreachable()
    {
        var timers = new DowningTimers(Settings);
        Assert.True(timers.IsReadDue(At(0)));
        timers.OnRead(At(0));

        Assert.False(timers.IsReadDue(At(3.9)));
        Assert.True(timers.IsReadDue(At(4)));
        timers.OnSeen(View(("a", false, null), ("b", true, false)), At(1));
        Assert.True(timers.IsReadDue(At(1)));
    }

    [Fact]
    public void Decision_keeps_its_latest_members_and_counts_the_others()
    {
        var decision = Decision.None;
        for (var i = 0; i < 1_000; i++)
        {
            decision = Decision.Of(decision.With([$"akka.tcp://shop@10.0.0.1:2551#{i}"]).ToText());
        }

        Assert.Equal(1_000, decision.Count);
        Assert.Equal(1_000 - decision.Downed.Length, decision.Forgotten);
        Assert.Equal("akka.tcp://shop@10.0.0.1:2551#999", decision.Downed[^1]);
        Assert.InRange(decision.ToText().Length, 1_000, State.Items.ValueMax);
    }

    [Theory]
    [InlineData("")]
    [InlineData("down with b")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"Count":1}""")]
    [InlineData("""{"Count":1,"Downed":null}""")]
    [InlineData("""{"Count":1,"Downed":[null]}""")]
    [InlineData("""{"Count":1,"Downed":[7]}""")]
    public void Text_of_another_program_is_no_decision_and_the_next_decision_replaces_it(string text)
    {
        var read = Decision.Of(text);

        Assert.Equal((0, 0), (read.Count, read.Downed.Length));
        Assert.Equal(["b"], Decision.Of(read.With(["b"]).ToText()).Downed.ToArray());
    }

    [Fact]
    public void Decision_keeps_all_members_of_the_latest_step()
    {
        string[] many = [.. Enumerable.Range(0, 200).Select(number => $"akka.tcp://shop@10.0.0.1:2551#{number}")];

        Assert.Equal(many, Decision.None.With(["x"]).With(many).Downed.ToArray());
    }

    [Fact]
    public void Restarted_node_has_another_name_than_its_former_life()
    {
        var address = new Address("akka.tcp", "shop", "10.0.0.1", 2551);

        Assert.NotEqual(ClusterView.NameOf(new UniqueAddress(address, 1)), ClusterView.NameOf(new UniqueAddress(address, 2)));
    }

    [Fact]
    public void Node_downs_the_members_that_are_decided_on_and_not_their_next_lives()
    {
        var plan = new DowningPlan(Settings);

        var step = plan.OnAnswered(
            View(("a#1", false, null), ("b#2", false, true), ("c#1", true, false)), Decision.None.With(["b#1", "c#1"]), At(1), At(2));

        Assert.Null(step.DownsSelf);
        Assert.Equal(["c#1"], step.Downs.ToArray());
        Assert.Empty(step.Proposes);
    }

    [Fact]
    public void Node_that_reads_its_own_name_downs_itself_and_nobody_else()
    {
        var step = new DowningPlan(Settings).OnAnswered(
            View(("a", false, null), ("b", true, false)), Decision.None.With(["b", "a"]), At(1), At(2));

        Assert.Equal("the other nodes have decided so", step.DownsSelf);
        Assert.True(step.Downs.IsDefaultOrEmpty);
    }

    [Fact]
    public void Answer_is_as_old_as_its_question()
    {
        var plan = new DowningPlan(Settings);
        var view = View(("a", false, null), ("b", true, false));
        plan.OnAnswered(view, Decision.None, At(1), At(1));
        plan.OnSeen(view, At(10));
        plan.OnAnswered(view, Decision.None, sentAt: At(10), now: At(17));

        Assert.Null(plan.OnSeen(view, At(17.9)).DownsSelf);
        Assert.NotNull(plan.OnSeen(view, At(18)).DownsSelf);
    }

    [Fact]
    public void Node_that_follows_a_decision_waits_anew_before_it_proposes_another_one()
    {
        var plan = new DowningPlan(Settings);
        var view = View(("a", false, null), ("b", true, false), ("c", true, false), ("d", false, true), ("e", false, true));
        plan.OnSeen(view, At(10));
        plan.OnAnswered(view, Decision.None, At(10), At(10));
        var decision = Decision.None.With(["b"]);

        Assert.Empty(plan.OnAnswered(view, decision, At(14), At(14)).Proposes);
        Assert.Empty(plan.OnAnswered(view, decision, At(17.9), At(17.9)).Proposes);
        Assert.Equal(["c"], plan.OnAnswered(view, decision, At(18), At(18)).Proposes.ToArray());
    }

    [Fact]
    public void Node_that_learns_of_a_decision_at_its_first_answer_waits_anew()
    {
        var plan = new DowningPlan(Settings);
        var view = View(("a", false, null), ("b", true, false), ("c", false, true));
        plan.OnSeen(view, At(10));
        var decision = Decision.None.With(["x"]);

        Assert.Empty(plan.OnAnswered(view, decision, At(14), At(14)).Proposes);
        Assert.Equal(["b"], plan.OnAnswered(view, decision, At(18), At(18)).Proposes.ToArray());
    }

    [Fact]
    public void Smaller_side_proposes_later()
    {
        var plan = new DowningPlan(Settings);
        var view = View(("a", false, null), ("b", true, false), ("c", true, false));
        plan.OnAnswered(view, Decision.None, At(9), At(9));
        plan.OnSeen(view, At(10));

        Assert.Empty(plan.OnAnswered(view, Decision.None, At(15.9), At(15.9)).Proposes);
        Assert.Equal(["b", "c"], plan.OnAnswered(view, Decision.None, At(16), At(16)).Proposes.ToArray());
    }

    [Fact]
    public void Node_that_missed_decisions_which_the_group_has_forgotten_downs_itself()
    {
        var (plan, view) = (new DowningPlan(Settings), View(("a", false, null), ("b", false, true)));

        // At its first answer it cannot have been downed before.
        Assert.Null(plan.OnAnswered(view, new Decision(100, ["x"]), At(1), At(1)).DownsSelf);
        Assert.Null(plan.OnAnswered(view, new Decision(101, ["x", "y"]), At(2), At(2)).DownsSelf);
        Assert.NotNull(plan.OnAnswered(view, new Decision(103, ["z"]), At(3), At(3)).DownsSelf);
    }

    [Fact]
    public void Group_is_asked_while_members_are_unreachable_and_at_the_start()
    {
        var (plan, view) = (new DowningPlan(Settings), View(("a", false, null), ("b", false, true)));
        Assert.True(plan.OnSeen(view, At(0)).Asks);
        plan.OnAnswered(view, Decision.None, At(0), At(0));

        Assert.False(plan.OnSeen(view, At(1)).Asks);
        Assert.True(plan.OnSeen(View(("a", false, null), ("b", true, false)), At(1)).Asks);
    }

    [Fact]
    public async Task First_of_two_opposite_decisions_is_made_and_the_second_node_reads_it()
    {
        await using var calls = new CoordinationCalls(new FakeClient(), TimeProvider.System);
        var items = new RaftItems(calls, null!); // Justification: no item of a session is written.
        var decisions = new Decisions(items, "shop");
        var read = await decisions.ReadAsync(CancellationToken.None);

        var first = await decisions.DecideAsync(read, ["b"], CancellationToken.None);
        var second = await decisions.DecideAsync(read, ["a"], CancellationToken.None);

        Assert.Equal(["b"], first.Decision.Downed.ToArray());
        Assert.Equal(["b"], second.Decision.Downed.ToArray());
        var third = await decisions.DecideAsync(second, ["c"], CancellationToken.None);
        Assert.Equal(["b", "c"], third.Decision.Downed.ToArray());
        Assert.Equal(third.Version, (await decisions.ReadAsync(CancellationToken.None)).Version);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    // The first member is this node.
    private static ClusterView View(params (string Name, bool IsUnreachable, bool? Answers)[] members) => new(
        members[0].Name,
        [.. members.Select(each => new ClusterView.Seen(each.Name, each.IsUnreachable, each.Answers))]);
}
