namespace RaftActors.Simulator.Tests;

/// <summary>Features that meet at one process, by chance and by the fault kind <c>pairs</c>.</summary>
public sealed class MeetingsTests
{
    private static readonly Lazy<Meetings> ByChance = new(() => MeetingsOf(FaultSet.All.Without(FaultKind.Pairs)));
    private static readonly Lazy<Meetings> ByPairs = new(() => MeetingsOf(FaultSet.All));

    [Fact]
    public void Two_features_that_meet_often_in_a_seed_count_once()
    {
        var (seed, sum) = (new Meetings(), new Meetings());
        seed.Note(Feature.Joint | Feature.Cut | Feature.Reads);
        seed.Note(Feature.Joint | Feature.Cut);
        seed.Note(Feature.Closed);

        sum.Add(seed);
        sum.Add(seed);

        Assert.Equal(2, sum.Seeds(Feature.Joint, Feature.Cut));
        Assert.Equal(2, sum.Seeds(Feature.Reads, Feature.Joint));
        Assert.Equal(0, sum.Seeds(Feature.Joint, Feature.Closed));
    }

    [Theory]
    [InlineData(nameof(Feature.Joint), nameof(Feature.Rival))]
    [InlineData(nameof(Feature.Joint), nameof(Feature.Closed))]
    [InlineData(nameof(Feature.Joint), nameof(Feature.Crashes))]
    [InlineData(nameof(Feature.Unsettled), nameof(Feature.Installs))]
    [InlineData(nameof(Feature.Changes), nameof(Feature.TakesSnapshot))]
    [InlineData(nameof(Feature.Changes), nameof(Feature.SendsSnapshot))]
    [InlineData(nameof(Feature.Receives), nameof(Feature.Crashes))]
    [InlineData(nameof(Feature.Installs), nameof(Feature.Crashes))]
    [InlineData(nameof(Feature.SlowDisk), nameof(Feature.Closed))]
    [InlineData(nameof(Feature.Reads), nameof(Feature.Paused))]
    public void Features_meet_in_more_than_twice_as_many_seeds_with_pairs_as_by_chance(string one, string other)
    {
        var (first, second) = (Enum.Parse<Feature>(one), Enum.Parse<Feature>(other));
        var (chance, pairs) = (ByChance.Value.Seeds(first, second), ByPairs.Value.Seeds(first, second));

        Assert.True(pairs > 2 * chance, $"They meet in {pairs} seeds with pairs, and in {chance} by chance.");
    }

    private static Meetings MeetingsOf(FaultSet faults)
    {
        var sum = new Meetings();
        for (var pair = 1; pair <= 40; pair++)
        {
            // Even seeds alone have pairs.
            sum.Add(SeedResult.Of((ulong)pair * 2, faults, countsFeatures: true).Totals.Meetings);
        }

        return sum;
    }
}
