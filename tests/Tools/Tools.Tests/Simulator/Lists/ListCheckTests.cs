using System.Collections.Immutable;

using RaftActors.Simulator.Actors.Lists;

namespace RaftActors.Simulator.Tests.Lists;

/// <summary>
/// The check of txn-list-append. A history is written as lines: "1-2 append x 1; read x 1", with the times of call and answer.
/// </summary>
public sealed class ListCheckTests
{
    [Theory]
    [InlineData("x: 1 2", "0-1 append x 1", "2-3 append x 2; read x 1 2", "4-5 read x 1 2")]
    [InlineData("x: 2 1", "0-9 append x 1", "1-8 append x 2")]
    [InlineData("x: 1", "0-? append x 1", "5-6 read x 1")]
    [InlineData("x:", "0-? append x 1", "5-6 read x")]
    [InlineData("x: 1", "0-? append x 1", "5-6 read x", "7-8 read x 1")]
    [InlineData("x:", "0-! append x 1", "5-6 read x")]
    [InlineData("x: 1; y: 2", "0-9 append x 1; read y", "0-9 append y 2; read x 1")]
    [InlineData("x: 1 2 3", "0-1 append x 1; append x 2", "2-3 read x 1 2; append x 3; read x 1 2 3")]
    public void Strictly_serializable_history_has_no_fault(string final, params string[] lines) => Assert.Empty(Check(final, lines));

    [Theory]
    [InlineData("0 of 1 appends are there", "x:", "0-1 append x 1")]
    [InlineData("1 of 1 appends are there", "x: 1", "0-! append x 1")]
    [InlineData("1 of 2 appends are there", "x: 1; y:", "0-? append x 1; append y 2")]
    [InlineData("has 1 twice", "x: 1 1", "0-1 append x 1")]
    [InlineData("which no transaction has appended", "x: 1 7", "0-1 append x 1")]
    [InlineData("does not begin as read by 2", "x: 1 2", "0-1 append x 1", "0-1 append x 2", "2-3 read x 2 1")]
    [InlineData("does not begin as read by 1", "x: 1", "0-1 append x 1", "2-3 read x 1 2")]
    [InlineData("Another transaction came in between", "x: 1 2", "0-1 append x 1", "2-3 append x 2; read x 1")]
    [InlineData("Another transaction came in between", "x: 1 2", "0-1 append x 1", "0-3 read x; read x 1", "0-3 append x 2")]
    [InlineData("No order explains", "x: 1", "0-1 append x 1", "2-3 read x")]
    [InlineData("No order explains", "x: 2 1", "0-1 append x 1", "2-3 append x 2")]
    [InlineData("No order explains", "x: 1; y: 2", "0-9 append x 1; read y", "0-9 append y 2; read x")]
    [InlineData("No order explains", "x: 1; y: 2", "0-9 append x 1", "0-9 append y 2", "0-9 read x 1; read y", "0-9 read x; read y 2")]
    [InlineData("No order explains", "x: 1 3 2", "0-9 append x 1; append x 2", "0-9 append x 3")]
    [InlineData("No order explains", "x: 1; y: 2", "0-1 append x 1", "4-? append y 2", "2-3 read y 2")]
    public void Fault_is_found(string expected, string final, params string[] lines) =>
        Assert.Contains(Check(final, lines), fault => fault.Contains(expected));

    [Fact]
    public void Cycle_names_its_transactions_in_their_order()
    {
        var fault = Assert.Single(Check("x: 1", ["0-1 append x 1", "2-3 read x"]));

        Assert.Equal(
            """
            No order explains these transactions:
              1 (Done, 2 to 3): read 120 []
              0 (Done, 0 to 1): append 120 1
            """,
            fault,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Long_history_needs_no_deep_stack()
    {
        Transaction[] history = [.. Enumerable.Range(0, 100_000).Select(number => new Transaction(
            number, [new Step.Append(1, number)], 2 * number, (2 * number) + 1, Ending.Done))];

        var final = new Dictionary<int, ImmutableArray<int>> { [1] = [.. Enumerable.Range(0, 100_000)] };

        Assert.Empty(new ListCheck(history, final).FindFaults());
    }

    private static IReadOnlyList<string> Check(string final, string[] lines)
    {
        var lists = final.Split("; ").Select(list => list.Split(':')).ToDictionary(list => (int)list[0][0], list => Numbers(list[1]));
        return new ListCheck([.. lines.Select(Parse)], lists).FindFaults();
    }

    private static Transaction Parse(string line, int number)
    {
        var (times, steps) = (line[..line.IndexOf(' ')].Split('-'), line[(line.IndexOf(' ') + 1)..].Split("; "));
        var ending = times[1] switch
        {
            "?" => Ending.Unknown,
            "!" => Ending.Failed,
            _ => Ending.Done,
        };
        return new Transaction(
            number,
            [.. steps.Select(ParseStep)],
            long.Parse(times[0]),
            ending == Ending.Done ? long.Parse(times[1]) : null,
            ending);
    }

    private static Step ParseStep(string text)
    {
        var words = text.Split(' ', 3);
        return words[0] == "append"
            ? new Step.Append(words[1][0], int.Parse(words[2]))
            : new Step.Read(words[1][0], Numbers(words.ElementAtOrDefault(2) ?? ""));
    }

    private static ImmutableArray<int> Numbers(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
