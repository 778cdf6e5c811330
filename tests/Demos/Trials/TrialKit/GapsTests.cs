using System.Diagnostics;
using TrialKit.Calls;

namespace TrialKit.Tests;

/// <summary>Measurement of times without a commit. Times are in seconds here.</summary>
public sealed class GapsTests
{
    [Fact]
    public void Longest_gap_is_between_two_commits()
    {
        WriteCall[] calls = [Answer(1), Answer(2), Answer(3, WriteEnd.NotCommitted), Answer(4, WriteEnd.Unknown), Answer(6), Answer(7)];

        Assert.Equal(TimeSpan.FromSeconds(4), Longest(calls, from: 2, to: 9));
    }

    [Fact]
    public void First_gap_begins_with_the_last_commit_before_the_start()
    {
        WriteCall[] calls = [Answer(1), Answer(10), Answer(11), Answer(13), Answer(14)];

        Assert.Equal(TimeSpan.FromSeconds(2), Longest(calls, from: 12, to: 20));
        Assert.Equal(TimeSpan.FromSeconds(9), Longest(calls, from: 2, to: 20));
    }

    [Fact]
    public void Gap_after_the_end_is_ignored() =>
        Assert.Equal(TimeSpan.FromSeconds(1), Longest([Answer(1), Answer(2), Answer(9)], from: 1, to: 8));

    [Fact]
    public void There_is_no_gap_with_fewer_than_two_commits() => Assert.Null(Longest([Answer(1), Answer(9)], from: 1, to: 8));

    [Fact]
    public void Order_of_arrival_does_not_matter() =>
        Assert.Equal(TimeSpan.FromSeconds(5), Longest([Answer(7), Answer(1), Answer(2)], from: 0, to: 8));

    [Theory]
    [InlineData("p50 2 ms, max 9 ms of 3", 9, 1, 2)]
    [InlineData("p50 1 ms, max 2 ms of 2", 2, 1)]
    [InlineData("none")]
    public void Summary_has_the_median_and_the_maximum(string summary, params int[] milliseconds) =>
        Assert.Equal(summary, Gaps.Summary(milliseconds.Select(time => TimeSpan.FromMilliseconds(time))));

    [Fact]
    public void Gap_is_measured_for_each_client()
    {
        WriteCall[] calls = [Answer(1), Answer(2, client: "far"), Answer(5), Answer(4, client: "far")];

        Assert.Equal([TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2)], Gaps.OfEach(calls, call => call.Client, At(2), At(9)));
    }

    private static TimeSpan? Longest(WriteCall[] calls, int from, int to) => Gaps.Longest(calls, At(from), At(to));

    private static WriteCall Answer(int second, WriteEnd end = WriteEnd.Committed, string client = "near") =>
        new(client, "log", "x", null, 0) { End = end, Ended = At(second) };

    private static long At(int second) => second * Stopwatch.Frequency;
}
