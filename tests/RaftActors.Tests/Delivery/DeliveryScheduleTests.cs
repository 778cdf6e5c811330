namespace RaftActors.Tests.Delivery;

/// <summary>Thousands of random schedules, the same in each run. A failure names its seed and the events of the schedule.</summary>
public sealed class DeliveryScheduleTests
{
    private const int Seeds = 5000;

    [Theory]
    [InlineData(null)]
    [InlineData(LearnerDelivery.InOrder)]
    [InlineData(LearnerDelivery.AsCommitted)]
    public void Every_pair_is_delivered_once_and_every_own_append_ends_once(LearnerDelivery? pulls)
    {
        var problems = Enumerable.Range(1, Seeds).Select(seed => new DeliverySchedule(seed, pulls).Run()).OfType<string>();

        var problem = problems.MinBy(each => each.Length);
        Assert.True(problem is null, problem);
    }
}
