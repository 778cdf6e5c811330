using RaftTrials.Servers;

namespace RaftTrials.Tests;

/// <summary>The slope by which the soak checks what processes use. Samples come each thirty seconds for half an hour.</summary>
public sealed class GrowthTests
{
    private const int Count = 60;

    [Fact]
    public void Steady_growth_is_told_relative_to_the_median()
    {
        // By ten in an hour. The lowest values are the first of each window, or the last.
        Assert.Equal(10 / 102.25, Growth(place => 100 + (10.0 * place / 120)), 0.0001);
        Assert.Equal(-10 / 97.333, Growth(place => 100 - (10.0 * place / 120)), 0.0001);
    }

    [Fact]
    public void Flat_values_with_noise_teeth_and_spikes_do_not_grow()
    {
        var random = new Random(1);

        Assert.Equal(0, Growth(_ => 42));
        Assert.Equal(0, Growth(_ => 0));
        Assert.Equal(0, Growth(_ => 100 + (10 * random.NextDouble())), 0.02);
        Assert.Equal(0, Growth(place => 100 + (40 * (place % 3))));
        Assert.Equal(0, Growth(place => place > Count - 6 ? 500 : 100 + (place % 3)), 0.02);
    }

    [Fact]
    public void Growth_is_found_under_noise_teeth_and_spikes()
    {
        var random = new Random(1);

        Assert.Equal(0.2, Growth(place => Growing(place) + (10 * random.NextDouble())), 0.04);
        Assert.Equal(0.2, Growth(place => Growing(place) + (40 * (place % 3))), 0.03);
        Assert.Equal(0.2, Growth(place => place % 20 == 0 ? 500 : Growing(place)), 0.03);

        // By a fifth of about 100 in an hour.
        static double Growing(int place) => 100 + (10.0 * place / Count);
    }

    [Fact]
    public void One_handle_that_is_lost_each_minute_is_found() => Assert.True(Growth(place => 150 + (place / 2)) > 0.3);

    private static double Growth(Func<int, double> valueAt) => RaftTrials.Servers.Growth.AnHour(
        [.. Enumerable.Range(0, Count).Select(place => (TimeSpan.FromSeconds(30 * place), valueAt(place)))]);
}
