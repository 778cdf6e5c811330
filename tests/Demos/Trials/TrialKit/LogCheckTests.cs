using DiskTrials;

namespace TrialKit.Tests;

/// <summary>The comparison of logs at the end of a disk trial.</summary>
public sealed class LogCheckTests
{
    [Fact]
    public void Log_with_all_acknowledged_pairs_in_their_places_is_accepted() => Compare("1 a,2 b", "1 a,2 b", "2 b");

    [Theory]
    [InlineData("node 3 has another log, from place 2 on", "1 a,2 b", "1 a,2 c", "")]
    [InlineData("node 3 has another log, from place 2 on", "1 a", "1 a,2 b", "")]
    [InlineData("node 3 has '3 b' at place 2", "1 a,3 b", "1 a,3 b", "")]
    [InlineData("1 acknowledged pairs are not on node 3, '2 c' first", "1 a,2 b", "1 a,2 b", "1 a,2 c")]
    [InlineData("node 3 has 1 pairs twice", "1 a,2 a", "1 a,2 a", "")]
    public void Bad_log_is_rejected(string expected, string log, string first, string acknowledged) =>
        Assert.Equal(expected, Assert.Throws<TrialFailure>(() => Compare(log, first, acknowledged)).Message);

    private static void Compare(string log, string first, string acknowledged) =>
        LogCheck.Compare(3, Lines(log), Lines(first), Lines(acknowledged));

    private static List<string> Lines(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries)];
}
