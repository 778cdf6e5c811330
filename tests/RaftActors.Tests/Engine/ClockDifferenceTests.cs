namespace RaftActors.Tests.Engine;

/// <summary>Entries whose time is near to that of this node, or far from it.</summary>
public sealed class ClockDifferenceTests : TestKit
{
    private readonly ClockDifference _difference;

    public ClockDifferenceTests()
    {
        _difference = new ClockDifference(new Bench(this).Context);
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent.ClockDiffers));
    }

    [Fact]
    public void Log_that_is_ahead_is_told_once_until_it_is_not_any_more()
    {
        Commit(hours: 1);
        Commit(hours: 2);
        Commit(hours: 0);
        Commit(hours: 3);

        ExpectMsg<RaftEvent.ClockDiffers>(differs => Assert.InRange(differs.Ahead.TotalHours, 0.9, 1));
        ExpectMsg<RaftEvent.ClockDiffers>(differs => Assert.InRange(differs.Ahead.TotalHours, 2.9, 3));
    }

    [Fact]
    public void Entry_of_long_ago_is_no_difference()
    {
        Commit(hours: -1000);
        Commit(hours: 1);

        ExpectMsg<RaftEvent.ClockDiffers>(differs => Assert.InRange(differs.Ahead.TotalHours, 0.9, 1));
    }

    private void Commit(int hours) =>
        _difference.OnCommitted([Bench.Entry(1, 1, null) with { Time = LogTime.Of(DateTimeOffset.UtcNow.AddHours(hours)) }], default);
}
