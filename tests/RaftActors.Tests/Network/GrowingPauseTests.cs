namespace RaftActors.Tests.Network;

public sealed class GrowingPauseTests
{
    private readonly ManualClock _clock = new();
    private readonly GrowingPause _pause;

    public GrowingPauseTests() => _pause = new GrowingPause(_clock);

    [Fact]
    public void Pause_after_each_failure_is_twice_as_long_up_to_three_seconds()
    {
        Assert.True(_pause.IsOver);
        foreach (var length in (int[])[100, 200, 400, 800, 1600, 3000, 3000])
        {
            _pause.Grow();
            _clock.Advance(TimeSpan.FromMilliseconds(length - 1));
            Assert.False(_pause.IsOver);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(_pause.IsOver);
        }
    }

    [Fact]
    public void Success_ends_the_pause()
    {
        _pause.Grow();

        _pause.Reset();

        Assert.True(_pause.IsOver);
    }
}
