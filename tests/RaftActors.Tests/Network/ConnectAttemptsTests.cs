using RaftActors.Network;
using RaftActors.Wire;

namespace RaftActors.Tests.Network;

public sealed class ConnectAttemptsTests
{
    private static readonly WireMessage.PortAt Right = new(9001, 1);
    private static readonly WireMessage.PortAt Wrong = new(9002, 2);

    private readonly ManualClock _clock = new();
    private readonly ConnectAttempts _attempts;

    public ConnectAttemptsTests() => _attempts = new ConnectAttempts(fixedEndpoint: null, _clock);

    [Fact]
    public void Place_that_nobody_has_told_is_asked_for_twice_a_second()
    {
        Assert.Null(_attempts.Next());
        Assert.True(_attempts.MustAsk());
        Assert.False(_attempts.MustAsk());

        _clock.Now += TimeSpan.FromMilliseconds(500);

        Assert.True(_attempts.MustAsk());
    }

    [Fact]
    public void Question_for_the_place_is_open_until_an_attempt_succeeds()
    {
        _attempts.MustAsk();
        _attempts.OnFailed();
        Assert.True(_attempts.IsAsked);

        _attempts.OnConnected(Right);

        Assert.False(_attempts.IsAsked);
    }

    [Fact]
    public void Pause_after_each_failure_is_twice_as_long_up_to_three_seconds()
    {
        _attempts.Learn(Right);
        foreach (var pause in (int[])[100, 200, 400, 800, 1600, 3000, 3000])
        {
            _attempts.OnFailed();
            _clock.Now += TimeSpan.FromMilliseconds(pause - 1);
            Assert.Null(_attempts.Next());
            _clock.Now += TimeSpan.FromMilliseconds(1);
            Assert.Equal(Right, _attempts.Next());
        }
    }

    [Fact]
    public void Flood_of_rumours_neither_hurries_attempts_nor_hides_the_place_that_has_proved_right()
    {
        _attempts.Learn(Right);
        _attempts.OnConnected(Right);
        List<WireMessage.PortAt> tried = [];
        for (var rumour = 0; rumour < 1000; rumour++)
        {
            _attempts.Learn(Wrong with { Port = Wrong.Port + rumour });
            _clock.Now += TimeSpan.FromMilliseconds(10);
            if (_attempts.Next() is { } place)
            {
                tried.Add(place);
                _attempts.OnFailed();
            }
        }

        Assert.InRange(tried.Count, 5, 9);
        Assert.InRange(tried.Count(place => place == Right), tried.Count / 2, tried.Count - 1);
    }

    [Fact]
    public void Place_that_the_settings_fix_is_not_changed_by_news()
    {
        var attempts = new ConnectAttempts(Right, _clock);

        attempts.Learn(Wrong);
        attempts.OnFailed();
        _clock.Now += TimeSpan.FromSeconds(1);

        Assert.Equal(Right, attempts.Next());
        Assert.False(attempts.MustAsk());
    }
}
