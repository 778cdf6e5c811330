namespace RaftActors.Testing.Tests.Simulation;

/// <summary>A few seeds of the product itself. RaftActors.Simulator runs more: <c>--actors</c>.</summary>
public sealed class WorkloadTests
{
    public static IEnumerable<object[]> SeedsOfFetches => RaftSimulation.Seeds(Share.Of(test: 1, ci: 6, whole: 10));

    public static IEnumerable<object[]> SeedsOfReminders => RaftSimulation.Seeds(Share.Of(test: 1, ci: 3, whole: 5));

    [Fact]
    public void Sums_are_linearizable_under_all_faults()
    {
        for (var seed = 1; seed <= Share.Of(test: 1, ci: 3, whole: 10); seed++)
        {
            RaftSimulation.Run(seed, simulation => SumsWorkload.SetUp(seed, simulation));
        }
    }

    [Theory]
    [MemberData(nameof(SeedsOfFetches))]
    public void Actors_that_fetch_pairs_get_each_of_them_once(long seed) =>
        RaftSimulation.Run(seed, simulation => FetchWorkload.SetUp(seed, simulation));

    [Theory]
    [MemberData(nameof(SeedsOfReminders))]
    public void Reminders_are_told_once_and_not_early_and_none_is_lost(long seed) =>
        RaftSimulation.Run(seed, simulation => RemindersWorkload.SetUp(seed, simulation));
}
