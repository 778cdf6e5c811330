using RaftTrials.Check;

namespace RaftTrials.Tests;

/// <summary>The check must see each thing that may go wrong, and nothing else: a trial holds when it says nothing.</summary>
public sealed class EndCheckTests
{
    [Fact]
    public void Log_that_has_all_that_was_committed_in_order_is_well()
    {
        Attempt[] attempts = [Committed("a", 1, 0, 1), Committed("b", 2, 2, 3), Of("c", Outcome.NotCommitted), Committed("d", 3, 4, 5)];

        Assert.Empty(Findings(attempts, "a b d"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a x")]
    public void Message_whose_outcome_nobody_knows_may_be_there_or_not(string log) =>
        Assert.Empty(Findings([Committed("a", 1, 0, 1), Of("x", Outcome.Unknown)], log));

    [Fact]
    public void Same_text_may_be_there_as_often_as_it_was_asked_for()
    {
        Attempt[] attempts = [Committed("print", 1, 0, 1), Committed("print", 2, 2, 3), Of("print", Outcome.Unknown)];

        Assert.Empty(Findings(attempts, "print print"));
        Assert.Empty(Findings(attempts, "print print print"));
        Says("4 times", Findings(attempts, "print print print print"));
        Says("1 times", Findings(attempts, "print"));
    }

    [Fact]
    public void Serials_with_holes_are_well_where_pairs_were_appended_twice() =>
        Assert.Empty(Findings([Committed("a", 1, 0, 1), Committed("b", 3, 2, 3), Committed("c", 7, 4, 5)], "a b c"));

    [Theory]
    [InlineData("a b")]
    [InlineData("a c b")]
    [InlineData("a b d")]
    public void Another_log_of_another_server_is_found(string other)
    {
        Attempt[] attempts = [Committed("a", 1, 0, 1), Committed("b", 2, 0, 1), Committed("c", 3, 0, 1), Of("d", Outcome.Unknown)];

        Says(":2 has another log than :1", EndCheck.Of(attempts, [Log(":1", "a b c"), Log(":2", other)], []));
    }

    [Fact]
    public void Committed_message_that_is_missing_is_found() =>
        Says("'b' is in the log 0 times, answered Committed 2", Findings([Committed("a", 1, 0, 1), Committed("b", 2, 0, 1)], "a"));

    [Fact]
    public void Committed_message_that_is_there_twice_is_found() =>
        Says("'a' is in the log 2 times", Findings([Committed("a", 1, 0, 1)], "a a"));

    [Fact]
    public void Message_that_was_answered_as_not_committed_and_is_there_is_found() =>
        Says("'b' is in the log 1 times, answered NotCommitted", Findings([Committed("a", 1, 0, 1), Of("b", Outcome.NotCommitted)], "a b"));

    [Fact]
    public void Message_of_unknown_outcome_that_is_there_twice_is_found() =>
        Says("'x' is in the log 2 times, answered Unknown", Findings([Of("x", Outcome.Unknown)], "x x"));

    [Fact]
    public void Message_that_nobody_asked_for_is_found() => Says("nobody asked for it", Findings([Committed("a", 1, 0, 1)], "a y"));

    [Fact]
    public void Serial_below_the_place_in_the_log_is_found() =>
        Says(
            "'b' was committed as 2, and is at place 3",
            Findings([Committed("a", 1, 0, 1), Of("x", Outcome.Unknown), Committed("b", 2, 0, 1)], "a x b"));

    [Fact]
    public void Places_in_another_order_than_serials_are_found() =>
        Says("'b' has a higher serial than 'a'", Findings([Committed("a", 2, 0, 1), Committed("b", 3, 0, 1)], "b a"));

    [Fact]
    public void Two_messages_with_one_serial_are_found() =>
        Says("both committed as 2", Findings([Committed("a", 2, 0, 1), Committed("b", 2, 0, 1)], "a b"));

    [Fact]
    public void Message_that_was_asked_for_after_an_answer_and_stands_before_it_is_found() =>
        Says("'a' had been answered when 'b' was asked for", Findings([Committed("a", 2, 0, 1), Committed("b", 1, 2, 3)], "b a"));

    [Fact]
    public void Messages_under_way_at_the_same_time_may_stand_in_any_order() =>
        Assert.Empty(Findings([Committed("a", 2, 0, 3), Committed("b", 1, 2, 5)], "b a"));

    [Fact]
    public void Order_is_held_against_all_that_were_asked_for_later_and_not_only_the_last() =>
        Says(
            "'a' had been answered when 'c' was asked for",
            Findings([Committed("c", 1, 5, 9), Committed("b", 2, 0, 9), Committed("a", 3, 0, 1)], "c b a"));

    [Fact]
    public void Files_that_have_a_committed_pair_at_another_serial_are_found()
    {
        Attempt[] attempts = [Committed("a", 1, 0, 1), Committed("b", 2, 0, 1)];

        Says("'b' was committed as 2, and stands at 3 in the files of :1", EndCheck.Of(attempts, [], [Stored(":1", 1, "a", "c", "b")]));
        Says("'b' was committed as 2, and is not in the files of :1", EndCheck.Of(attempts, [], [Stored(":1", 1, "a", "c")]));
        Says("'b' was committed as 2, and is not in the files of :1", EndCheck.Of(attempts, [], [Stored(":1", 1, "a")]));
    }

    [Fact]
    public void Files_that_have_a_pair_twice_have_it_where_it_was_first() =>
        Assert.Empty(EndCheck.Of([Committed("a", 1, 0, 1), Committed("b", 3, 2, 3)], [], [Stored(":1", 1, "a", "a", "b")]));

    [Fact]
    public void Files_need_not_have_what_a_snapshot_stands_for() =>
        Assert.Empty(EndCheck.Of([Committed("a", 1, 0, 1), Committed("b", 2, 2, 3)], [], [Stored(":1", 2, "b")]));

    [Fact]
    public void Files_of_two_servers_that_differ_are_found() =>
        Says(
            ":2 has 'id.c' at 2 in its files, and :1 'id.b'",
            EndCheck.Of([], [], [Stored(":1", 1, "a", "b"), Stored(":2", 2, "c")]));

    [Fact]
    public void Attempt_is_read_as_it_was_written()
    {
        var attempt = Committed("a", 7, 8, 9);

        Assert.Equal(attempt, Attempt.Parse(attempt.ToString()));
        Assert.Null(Attempt.Parse("2024/02/23 17:52:24 Logs [a]"));
    }

    private static IReadOnlyList<string> Findings(Attempt[] attempts, string log) =>
        EndCheck.Of(attempts, [Log(":1", log), Log(":2", log)], []);

    private static void Says(string what, IReadOnlyList<string> findings) => Assert.Contains(findings, finding => finding.Contains(what));

    private static Attempt Committed(string text, long serial, long started, long ended) =>
        new("w1", text, $"id.{text}", Outcome.Committed, serial, ":1", started, ended);

    private static Attempt Of(string text, Outcome outcome) => new("w1", text, $"id.{text}", outcome, 0, "", 0, 1);

    private static ServerLog Log(string server, string texts) => new(server, texts.Split(' '));

    private static StoredLog Stored(string server, long first, params string[] texts) =>
        new(server, [.. texts.Select((text, place) => new StoredPair(first + place, $"id.{text}"))]);
}
