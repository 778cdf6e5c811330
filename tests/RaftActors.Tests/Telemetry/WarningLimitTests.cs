namespace RaftActors.Tests.Telemetry;

public sealed class WarningLimitTests
{
    private readonly ManualClock _clock = new();
    private readonly WarningLimit _limit;

    public WarningLimitTests() => _limit = new WarningLimit(_clock);

    [Fact]
    public void Same_warning_is_given_once_a_minute_with_the_number_that_was_held_back()
    {
        Assert.True(_limit.TryGive("10.0.0.1", "Garbage.", out var first));
        Assert.False(_limit.TryGive("10.0.0.1", "Garbage.", out _));
        Assert.False(_limit.TryGive("10.0.0.1", "Garbage.", out _));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.True(_limit.TryGive("10.0.0.1", "Garbage.", out var second));

        Assert.Equal("Garbage.", first);
        Assert.Equal("Garbage. (2 more like this since the last line.)", second);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_limit.TryGive("10.0.0.1", "Garbage.", out var third));
        Assert.Equal("Garbage.", third);
    }

    [Fact]
    public void Another_address_and_another_cause_have_their_own_lines()
    {
        Assert.True(_limit.TryGive("10.0.0.1", "Garbage.", out _));

        Assert.True(_limit.TryGive("10.0.0.2", "Garbage.", out _));
        Assert.True(_limit.TryGive("10.0.0.1", "Another version.", out _));
    }

    [Fact]
    public void Flood_from_many_addresses_gives_a_bounded_number_of_lines()
    {
        var given = Enumerable.Range(0, Share.Of(10_000, 30_000, 100_000)).Count(number => _limit.TryGive($"{number}", "Garbage.", out _));

        Assert.Equal(100, given);
    }

    [Fact]
    public void Source_with_ever_other_causes_gets_few_lines_and_takes_none_from_others()
    {
        var given = Enumerable.Range(0, 1000).Count(number => _limit.TryGive("10.0.0.1", $"{number}", out _));

        Assert.Equal(5, given);
        Assert.True(_limit.TryGive("10.0.0.2", "Garbage.", out _));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_limit.TryGive("10.0.0.1", "Garbage.", out _));
    }
}
