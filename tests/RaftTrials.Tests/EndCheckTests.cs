using RaftTrials.Check;

namespace RaftTrials.Tests;

/// <summary>The check finds each kind of contradiction, and reports nothing about a correct log.</summary>
public sealed class EndCheckTests
{
    [Fact]
    public void Log_with_all_commits_in_order_is_correct()
    {
        Attempt[] attempts = [Committed("a", 1, 0, 1), Committed("b", 2, 2, 3), Of("c", Outcome.NotCommitted), Committed("d", 3, 4, 5)];

        Assert.Empty(Findings(attempts, "a b d"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a x")]
    public void Message_with_an_unknown_outcome_may_be_present_or_absent(string log) =>
        Assert.Empty(Findings([Committed("a", 1, 0, 1), Of("x", Outcome.Unknown)], log));

    [Fact]
    public void Text_may_occur_as_often_as_it_was_sent()
    {
        Attempt[] attempts = [Committed("print", 1, 0, 1), Committed("print", 2, 2, 3), Of("print", Outcome.Unknown)];

        Assert.Empty(Findings(attempts, "print print"));
        Assert.Empty(Findings(attempts, "print print print"));
        Says("4 times", Findings(attempts, "print print print print"));
        Says("1 times", Findings(attempts, "print"));
    }

    [Fact]
    public void Serials_may_have_holes_after_retries() =>
        Assert.Empty(Findings([Committed("a", 1, 0, 1), Committed("b", 3, 2, 3), Committed("c", 7, 4, 5)], "a b c"));

    [Theory]
    [InlineData("a b")]
    [InlineData("a c b")]
    [InlineData("a b d")]
    public void Different_logs_are_found(string other)
    {
        Attempt[] attempts = [Committed("a", 1, 0, 1), Committed("b", 2, 0, 1), Committed("c", 3, 0, 1), Of("d", Outcome.Unknown)];

        Says(":2 has another log than :1", EndCheck.Of(attempts, [Log(":1", "a b c"), Log(":2", other)], []));
    }

    [Fact]
    public void Missing_committed_message_is_found() =>
        Says("'b' is in the log 0 times, answered Committed 2", Findings([Committed("a", 1, 0, 1), Committed("b", 2, 0, 1)], "a"));

    [Fact]
    public void Duplicate_of_a_committed_message_is_found() =>
        Says("'a' is in the log 2 times", Findings([Committed("a", 1, 0, 1)], "a a"));

    [Fact]
    public void Present_message_that_was_not_committed_is_found() =>
        Says("'b' is in the log 1 times, answered NotCommitted", Findings([Committed("a", 1, 0, 1), Of("b", Outcome.NotCommitted)], "a b"));

    [Fact]
    public void Duplicate_of_a_message_with_an_unknown_outcome_is_found() =>
        Says("'x' is in the log 2 times, answered Unknown", Findings([Of("x", Outcome.Unknown)], "x x"));

    [Fact]
    public void Message_that_no_client_sent_is_found() => Says("no client sent it", Findings([Committed("a", 1, 0, 1)], "a y"));

    [Fact]
    public void Serial_below_the_place_in_the_log_is_found() =>
        Says(
            "'b' was committed as 2, and is at place 3",
            Findings([Committed("a", 1, 0, 1), Of("x", Outcome.Unknown), Committed("b", 2, 0, 1)], "a x b"));

    [Fact]
    public void Log_in_another_order_than_the_serials_is_found() =>
        Says("'b' has a higher serial than 'a'", Findings([Committed("a", 2, 0, 1), Committed("b", 3, 0, 1)], "b a"));

    [Fact]
    public void Two_messages_with_the_same_serial_are_found() =>
        Says("both committed as 2", Findings([Committed("a", 2, 0, 1), Committed("b", 2, 0, 1)], "a b"));

    [Fact]
    public void Message_sent_after_an_answer_and_placed_before_it_is_found() =>
        Says("'a' had been answered when 'b' was sent", Findings([Committed("a", 2, 0, 1), Committed("b", 1, 2, 3)], "b a"));

    [Fact]
    public void Concurrent_messages_may_be_in_any_order() =>
        Assert.Empty(Findings([Committed("a", 2, 0, 3), Committed("b", 1, 2, 5)], "b a"));

    [Fact]
    public void Order_is_checked_against_all_later_messages() =>
        Says(
            "'a' had been answered when 'c' was sent",
            Findings([Committed("c", 1, 5, 9), Committed("b", 2, 0, 9), Committed("a", 3, 0, 1)], "c b a"));

    [Fact]
    public void Stored_pair_with_another_serial_is_found()
    {
        Attempt[] attempts = [Committed("a", 1, 0, 1), Committed("b", 2, 0, 1)];

        Says("'b' was committed as 2, and stands at 3 in the files of :1", EndCheck.Of(attempts, [], [Stored(":1", 1, "a", "c", "b")]));
        Says("'b' was committed as 2, and is not in the files of :1", EndCheck.Of(attempts, [], [Stored(":1", 1, "a", "c")]));
        Says("'b' was committed as 2, and is not in the files of :1", EndCheck.Of(attempts, [], [Stored(":1", 1, "a")]));
    }

    [Fact]
    public void First_of_two_stored_pairs_counts() =>
        Assert.Empty(EndCheck.Of([Committed("a", 1, 0, 1), Committed("b", 3, 2, 3)], [], [Stored(":1", 1, "a", "a", "b")]));

    [Fact]
    public void Pairs_covered_by_a_snapshot_may_be_missing_in_the_files() =>
        Assert.Empty(EndCheck.Of([Committed("a", 1, 0, 1), Committed("b", 2, 2, 3)], [], [Stored(":1", 2, "b")]));

    [Fact]
    public void Different_files_of_two_servers_are_found() =>
        Says(
            ":2 has 'id.c' at 2 in its files, and :1 'id.b'",
            EndCheck.Of([], [], [Stored(":1", 1, "a", "b"), Stored(":2", 2, "c")]));

    [Fact]
    public void Attempt_survives_writing_and_parsing()
    {
        var attempt = Committed("a", 7, 8, 9);

        Assert.Equal(attempt, Attempt.Parse(attempt.ToString()));
        Assert.Null(Attempt.Parse("2024/02/23 17:52:24 Logs [a]"));
    }

    private static IReadOnlyList<string> Findings(Attempt[] attempts, string log) =>
        EndCheck.Of(attempts, [Log(":1", log), Log(":2", log)], []);

    private static void Says(string what, IReadOnlyList<string> findings) => Assert.Contains(findings, finding => finding.Contains(what));

    private static Attempt Committed(string text, long serial, long started, long ended) =>
        new("w1", text, $"id.{text}", Outcome.Committed, serial, started, ended);

    private static Attempt Of(string text, Outcome outcome) => new("w1", text, $"id.{text}", outcome, 0, 0, 1);

    private static ServerLog Log(string server, string texts) => new(server, texts.Split(' '));

    private static StoredLog Stored(string server, long first, params string[] texts) =>
        new(server, [.. texts.Select((text, place) => new StoredPair(first + place, $"id.{text}"))]);
}
