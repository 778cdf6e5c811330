namespace RaftActors.Simulator.Tests;

public sealed class AvailabilityTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void A_quorum_that_heals_commits_more_of_the_time_than_a_fixed_one(int voters)
    {
        AvailabilityCount fixedOnes = default, healing = default;
        for (var seed = 1UL; seed <= 2; seed++)
        {
            fixedOnes += AvailabilityTrial.Run(seed, voters, keepsQuorum: false, TimeSpan.FromMinutes(15));
            healing += AvailabilityTrial.Run(seed, voters, keepsQuorum: true, TimeSpan.FromMinutes(15));
        }

        Assert.True(healing.WithCommit > fixedOnes.WithCommit, $"healing {healing}, fixed {fixedOnes}");
        Assert.Equal((0, fixedOnes.Intervals), (fixedOnes.Changes, healing.Intervals));
        Assert.InRange(healing.Changes, 1, long.MaxValue);
    }
}
