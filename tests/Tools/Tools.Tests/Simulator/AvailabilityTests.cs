namespace RaftActors.Simulator.Tests;

public sealed class AvailabilityTests
{
    // In this time the losses of this seed take the majority of three and of five fixed voters. .ci/long compares more seeds for longer.
    private const ulong Seed = 29;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(8);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_quorum_that_heals_commits_more_of_the_time_than_a_fixed_one(int voters)
    {
        var fixedOne = AvailabilityTrial.Run(Seed, voters, keepsQuorum: false, Length);
        var healing = AvailabilityTrial.Run(Seed, voters, keepsQuorum: true, Length);

        Assert.True(healing.WithCommit > fixedOne.WithCommit, $"healing {healing}, fixed {fixedOne}");
        Assert.Equal((0, fixedOne.Intervals), (fixedOne.Changes, healing.Intervals));
        Assert.InRange(healing.Changes, 1, long.MaxValue);
    }
}
