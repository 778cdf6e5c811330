using System.Diagnostics;

using RaftActors.Benchmarks.Cluster;

namespace RaftActors.Benchmarks.Tests;

public sealed class OpenLoopTests
{
    [Fact]
    public void Planned_starts_have_a_constant_distance_and_do_not_drift()
    {
        var loop = Loop(rate: 3);

        Assert.Equal(0, loop.StartOf(0));
        Assert.Equal(Stopwatch.Frequency / 3, loop.StartOf(1));
        Assert.Equal(1_000_000 * Stopwatch.Frequency, loop.StartOf(3_000_000));
    }

    [Theory]
    [InlineData(0.1, 30_000, 3000)]
    [InlineData(1.5, 3, 4)]
    [InlineData(0.1, 1, 1)]
    public void Time_span_has_at_least_one_call(double seconds, double rate, int calls) =>
        Assert.Equal(calls, Loop(rate).CallsIn(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Percentiles_have_three_digits_and_zero_stands_for_no_calls()
    {
        var latencies = new Latencies();
        Assert.Equal([0, 0, 0, 0], latencies.Microseconds);

        for (var microseconds = 1; microseconds <= 10_000; microseconds++)
        {
            latencies.Add(TimeSpan.FromMicroseconds(microseconds));
        }

        Assert.Equal(10_000, latencies.Count);
        Assert.All(
            latencies.Microseconds.Zip([5_000, 9_900, 9_990, 10_000]), pair => Assert.InRange(pair.First / pair.Second, 0.999, 1.001));
    }

    [Fact]
    public async Task Each_planned_call_counts_also_while_an_earlier_one_is_open()
    {
        const int Calls = 20;
        var open = 0;
        var all = new TaskCompletionSource<bool>();

        // No call ends before the last one has started.
        var load = await Loop(rate: 200).RunAsync(
            TimeSpan.FromSeconds(0.05),
            async (_, _) => Interlocked.Increment(ref open) == Calls ? all.TrySetResult(true) : await all.Task);

        Assert.Equal((10, 0, Calls), (load.Operations, load.Failed, load.OpenMost));
    }

    [Fact]
    public void Append_waits_for_the_syncs_from_its_arrival_to_the_one_with_its_entry()
    {
        (long End, long Entries)[] syncs = [(10, 1), (20, 1), (30, 4), (40, 5)];

        // The last entry is not synced here.
        var waits = NodeWatch.WaitsOf([(5, 1), (25, 2), (15, 3), (5, 4), (15, 5), (35, 6)], syncs);

        Assert.Equal([0, 2, 1, 2], waits);
    }

    [Fact]
    public void Share_of_slow_calls_is_compared_with_that_at_other_times()
    {
        Interval[] causes = [new(10, 20)];
        var events = new Events(new Interval(0, 100), [new(5, 11), new(15, 16), new(20, 30), new(65, 66)], [], 0, [], [], []);

        Assert.Equal((0.5, 0.25), (events.ShareDuring(causes), events.ShareByChance(causes)));
    }

    private static OpenLoop Loop(double rate) => new(callers: 3, payload: 16, rate, TimeSpan.FromSeconds(0.05));
}
