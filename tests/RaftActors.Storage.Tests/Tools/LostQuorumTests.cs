using System.Collections.Immutable;

using RaftActors.Storage.Tools;

namespace RaftActors.Storage.Tests.Tools;

/// <summary>A majority is lost for ever. Cores start from the planned stores of the survivors.</summary>
public sealed class LostQuorumTests
{
    private readonly Survivors _group = new();

    [Fact]
    public void Two_of_five_recover_with_every_entry_of_the_longer_log()
    {
        _group.Start(1, Recovered(1, [1, 2], Survivors.StateOf(5, 1, 1, 2)));
        _group.Start(2, Recovered(2, [1, 2], Survivors.StateOf(5, 1, 1, 2, 2, 3)));
        _group.Tick(200);
        _group.Propose("after");
        _group.Tick(20);

        Assert.Same(_group[2], _group.Leader);
        Assert.StartsWith("1/1, 2/1, 3/2, 4/2, 5/3, 6/4", _group.LogOf(1));
        Assert.Equal(_group.LogOf(2), _group.LogOf(1));
        Assert.Equal(2, _group.Committed.Count(one => one.Entry.Payload is Payload.Pair { Key: "after" }));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(5)]
    public void Recovered_group_keeps_its_maximum_of_the_quorum(int max)
    {
        var state = Survivors.StateOf(7, 1);
        var founded = ((Payload.Reconfigure)state.Log[0].Payload).Configuration with { MaxQuorum = max };
        state = state with { Log = [state.Log[0] with { Payload = new Payload.Reconfigure(founded) }] };

        Assert.Equal(max, Planned(1, [1, 2, 3], state).After.MaxQuorum);
    }

    [Fact]
    public void Higher_term_without_the_entries_does_not_win()
    {
        var loud = Survivors.StateOf(5, 1, 1);
        loud = loud with { HardState = loud.HardState with { Term = new Term(50) } };
        _group.Start(1, Recovered(1, [1, 2], loud));
        _group.Start(2, Recovered(2, [1, 2], Survivors.StateOf(5, 1, 1, 1)));
        _group.Tick(300);

        Assert.Same(_group[2], _group.Leader);
        Assert.StartsWith("1/1, 2/1, 3/1, 4/5", _group.LogOf(1));
    }

    /// <summary>
    /// After the end of the shorter log, the longer log has entries of a later term. The recovery must not write an entry of its own
    /// there, because the survivors would diverge.
    /// </summary>
    [Fact]
    public void Lagging_survivor_gets_the_missing_entries_and_is_not_fenced()
    {
        _group.Start(1, Recovered(1, [1, 2], Survivors.StateOf(5, 1, 4)));
        _group.Start(2, Recovered(2, [1, 2], Survivors.StateOf(5, 1, 4, 5, 5)));
        _group.Tick(200);

        Assert.Empty(_group.Refusals);
        Assert.Null(_group[1].Fence);
        Assert.Equal(_group.LogOf(2), _group.LogOf(1));
    }

    [Fact]
    public void Two_of_three_survivors_elect_no_leader_before_the_third_starts()
    {
        _group.Start(1, Recovered(1, [1, 2, 3], Survivors.StateOf(7, 1, 1)));
        _group.Start(2, Recovered(2, [1, 2, 3], Survivors.StateOf(7, 1, 1)));
        _group.Tick(500);
        Assert.Null(_group.Leader);

        _group.Start(3, Recovered(3, [1, 2, 3], Survivors.StateOf(7, 1, 1, 2)));
        _group.Tick(500);

        Assert.Same(_group[3], _group.Leader);
        Assert.StartsWith("1/1, 2/1, 3/2", _group.LogOf(1));
    }

    [Fact]
    public void Three_survivors_tolerate_the_loss_of_one_after_their_first_leader()
    {
        foreach (var number in (int[])[1, 2, 3])
        {
            _group.Start(number, Recovered(number, [1, 2, 3], Survivors.StateOf(7, 1, 1)));
        }

        _group.Tick(800);
        Assert.Equal([1, 2, 3], _group.Leader!.Configuration.Voters.Select(NumberOf));

        _group.Stop(NumberOf(_group.Leader.Options.Self));
        _group.Tick(300);

        Assert.NotNull(_group.Leader);
    }

    [Fact]
    public void First_leader_begins_an_era_before_its_first_pair_and_no_later_leader_begins_another()
    {
        foreach (var number in (int[])[1, 2, 3])
        {
            _group.StartedAt = 1_000_000 * number;
            _group.Start(number, Recovered(number, [1, 2, 3], Survivors.StateOf(7, 1, 1)));
        }

        _group.Tick(800);
        var first = NumberOf(_group.Leader!.Options.Self);
        _group.Propose("after");
        _group.Tick(20);
        var committed = _group.Committed.Where(one => one.At == Survivors.Names[first - 1]).Select(one => one.Entry).ToList();
        var begun = committed.First(entry => entry.Configuration is { Era: > 0 });
        _group.Stop(first);
        _group.Tick(300);

        // Serial 1 was recovered, so the first pair of the era has the stamp after the time of the start.
        Assert.Equal((1_000_000 * first) - 1, begun.Configuration!.Era);
        Assert.False(begun.Configuration.IsRestored);
        Assert.Equal(Survivors.StateOf(7, 1, 1).Log[^1].Index.Next, begun.Index);
        Assert.Equal(begun.Configuration.Era, _group.Leader!.Configuration.Era);
    }

    [Fact]
    public void Era_grows_although_the_clock_is_behind()
    {
        var state = Survivors.StateOf(5, 1, 1);
        var founded = state.Log[0].Configuration! with { Era = 5_000_000 };
        state = state with { Log = [state.Log[0] with { Payload = new Payload.Reconfigure(founded) }, state.Log[1]] };
        _group.StartedAt = 1_000_000;
        _group.Start(1, Recovered(1, [1, 2], state));
        _group.Start(2, Recovered(2, [1, 2], state));

        _group.Tick(200);

        Assert.Equal(5_000_001, _group.Leader!.Configuration.Era);
    }

    [Fact]
    public void Each_entry_keeps_the_era_in_which_it_was_applied()
    {
        var state = Survivors.StateOf(5, 1, 1, 1);
        var founded = state.Log[0].Configuration!;
        var begun = state.Log[2] with
        {
            Payload = new Payload.Reconfigure(founded with { Era = 7 }),
            Serial = state.Log[1].Serial,
        };
        state = state with { Log = [state.Log[0], state.Log[1], begun] };

        var recovered = Recovered(1, [1, 2], state);

        Assert.Equal([0, 7], recovered.Log.Select(entry => entry.Configuration?.Era).OfType<long>());
        Assert.All(recovered.Log.Select(entry => entry.Configuration).OfType<Configuration>(), each => Assert.True(each.IsRestored));
    }

    [Fact]
    public void Returning_lost_process_is_refused_as_a_member_of_another_group()
    {
        _group.Start(1, Recovered(1, [1, 2], Survivors.StateOf(5, 1, 1)));
        _group.Start(2, Recovered(2, [1, 2], Survivors.StateOf(5, 1, 1)));
        foreach (var number in (int[])[3, 4, 5])
        {
            _group.Start(number, Survivors.StateOf(5, 1, 1, 1, 1));
        }

        _group.Tick(300);
        var leaders = Enumerable.Range(1, 5).Where(number => _group[number].Role == RaftRole.Leader).ToList();

        Assert.Equal(2, leaders.Count);
        Assert.Equal("1/1, 2/1", _group.LogOf(1)[..8]);
        Assert.DoesNotContain("3/1", _group.LogOf(1));
        Assert.Contains(_group.Refusals, one => one.Refusal.Reason is RefusalReason.OtherGroup or RefusalReason.NotInRoster);
    }

    [Fact]
    public void Lost_process_with_an_empty_store_rejoins()
    {
        _group.Start(1, Recovered(1, [1, 2], Survivors.StateOf(5, 1, 1)));
        _group.Start(2, Recovered(2, [1, 2], Survivors.StateOf(5, 1, 1)));
        _group.Tick(300);
        _group.Start(3, InitialState.Empty);
        _group.Tick(300);

        Assert.Equal(_group.LogOf(1), _group.LogOf(3));
    }

    [Fact]
    public void Each_survivor_plans_the_same_group_from_its_own_log()
    {
        var one = Planned(1, [1, 2], Survivors.StateOf(5, 1, 1));
        var other = Planned(2, [2, 1], Survivors.StateOf(5, 1, 1, 2, 2));
        var others = Planned(1, [1, 3], Survivors.StateOf(5, 1, 1));

        Assert.Equal($"{one.After}", $"{other.After}");
        Assert.Equal(one.After.Group, other.After.Group);
        Assert.NotEqual(Survivors.Group, one.After.Group);
        Assert.NotEqual(one.After.Group, others.After.Group);
    }

    [Fact]
    public void Store_of_another_incarnation_is_refused()
    {
        var owner = new StoreOwner("g", Survivors.Names[0]);
        var names = Survivors.Names[..2];

        var error = Assert.Throws<StoreException>(
            () => LostQuorum.Plan(owner, new Incarnation(Guid.NewGuid()), Survivors.StateOf(5, 1, 1), names));

        Assert.Contains("the group knows another incarnation", error.Message);
    }

    [Fact]
    public void Fenced_store_is_refused()
    {
        var state = Survivors.StateOf(5, 1, 1);

        Assert.All((Fence[])[Fence.RestoredDisk, Fence.Diverged(new Serial(1))], fence =>
        {
            var fenced = state with { HardState = state.HardState with { Fence = fence } };

            var error = Assert.Throws<StoreException>(() => Planned(1, [1, 2], fenced));

            Assert.Contains($"is fenced: {fence}", error.Message);
        });
    }

    private static InitialState Recovered(int self, int[] survivors, InitialState state) => Planned(self, survivors, state).State;

    private static LostQuorumPlan Planned(int self, int[] survivors, InitialState state) => LostQuorum.Plan(
        new StoreOwner("g", Survivors.Names[self - 1]),
        Survivors.MemberOf(self).Incarnation,
        state,
        survivors.Select(number => Survivors.Names[number - 1]));

    private static int NumberOf(Member member) => Survivors.Names.IndexOf(member.Name) + 1;
}
