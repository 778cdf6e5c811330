using System.Collections.Concurrent;

using RaftActors.Simulator.Exhaustive;

namespace RaftActors.Simulator.Tests;

/// <summary>Small explorations. The simulator itself explores millions of states.</summary>
public sealed class ExhaustiveTests
{
    private static readonly int States = Share.Of(test: 2000, ci: 10_000, whole: 20_000);

    // The first states of each scope, explored once for all tests.
    private static readonly ConcurrentDictionary<string, Lazy<Exploration>> Explorations = [];

    public static TheoryData<string> Scopes => [.. Scope.All.Select(scope => scope.Name)];

    [Theory]
    [MemberData(nameof(Scopes))]
    public void All_properties_hold_in_the_first_states_of_a_scope(string name)
    {
        var (explorer, found) = FirstStatesOf(name);

        Assert.True(found is null, $"{found?.Violation.Message}:\n{string.Join('\n', found?.Schedule ?? [])}");
        Assert.True(explorer.Depth >= Share.Of(test: 4, ci: 4, whole: 5), $"depth {explorer.Depth}");
    }

    [Theory]
    [InlineData("votes", 6)]
    [InlineData("entries", 5)]
    [InlineData("terms", 5)]
    public void States_that_differ_by_a_renaming_have_the_same_successors(string name, int testDepth)
    {
        var depth = Share.Of(testDepth, ci: 6, whole: 6);
        var (reduced, whole) = (new Explorer(ScopeOf(name), BoundsOf(depth)), new Explorer(
            ScopeOf(name) with { IsSymmetric = false }, BoundsOf(depth)));

        Assert.Null(reduced.Run());
        Assert.Null(whole.Run());

        Assert.True(reduced.States < whole.States / 5, $"{reduced.States} of {whole.States}");
        Assert.Equal(whole.States, reduced.StatesWithRenamed);
    }

    [Theory]
    [MemberData(nameof(Scopes))]
    public void Steps_do_not_depend_on_the_path_to_a_state(string name)
    {
        var (explorer, _) = FirstStatesOf(name);

        var difference = explorer.Locals.FindDifference(stride: Share.Of(test: 3, ci: 11, whole: 11), out var steps);

        Assert.Null(difference);
        Assert.True(steps > 100, $"{steps} steps");
    }

    [Fact]
    public void Fields_that_a_state_leaves_out_exist() => Assert.Empty(Abstraction.Stale());

    [Fact]
    public void A_planted_bug_is_found_with_its_shortest_schedule()
    {
        var found = BugsOfCore.Compiler.Explore(BugsOfCore.Named("votes twice"), depth: 5, states: 2000);

        Assert.Equal("vote", found?.Checker);
        string[] schedule =
        [
            "a has an election timeout",
            "b has an election timeout",
            "b receives from a, term 2: RequestVote, at 1/1 s0",
        ];
        Assert.Equal(schedule, found?.Schedule);
    }

    private static Exploration FirstStatesOf(string name) => Explorations.GetOrAdd(name, _ => new Lazy<Exploration>(() =>
    {
        var explorer = new Explorer(ScopeOf(name), BoundsOf(states: States));
        return new Exploration(explorer, explorer.Run());
    })).Value;

    private static Scope ScopeOf(string name) => Scope.All.Single(scope => scope.Name == name);

    private static ExplorerBounds BoundsOf(int depth = int.MaxValue, int states = int.MaxValue) => new(depth, states, TimeSpan.MaxValue);

    private sealed record Exploration(Explorer Explorer, (Violation Violation, List<string> Schedule)? Found);
}
