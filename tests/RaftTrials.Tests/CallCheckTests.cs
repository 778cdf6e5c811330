using RaftActors;

using RaftTrials.Clients;

namespace RaftTrials.Tests;

/// <summary>The check of the client trial finds each kind of contradiction, and reports nothing about a correct log.</summary>
public sealed class CallCheckTests
{
    private readonly CallBook _book = new();

    [Fact]
    public void Log_that_agrees_with_all_calls_is_correct()
    {
        Append("k", Done(1, 1));
        Append("k", new Outcome<long>.Unknown(UnknownReason.TimedOut));
        Append("k", new Outcome<long>.NotCommitted(NotCommittedReason.NoLeader, ""));
        Append("k", Done(3, 3));
        _book.End(_book.Read(1, "k"), Answer(3, 3, "1-4"));
        _book.Add("k", atLeast: 2, Answer(2, 2, "1-2"));
        _book.Add(new GetCall(1, Floor: 3, new LoggedPair(1, "k", "1-1")));
        _book.Add(new GetCall(4, Floor: 3, Found: null));
        _book.Add(new StreamCall(1, [new(2, "k", "1-2"), new(3, "k", "1-4")]));

        Assert.Empty(Findings("k 1-1", "k 1-2", "k 1-4"));
    }

    [Fact]
    public void Unknown_append_may_be_absent()
    {
        Append("k", new Outcome<long>.Unknown(UnknownReason.TimedOut));

        Assert.Empty(Findings());
    }

    [Fact]
    public void Lost_pair_is_found()
    {
        Append("k", Done(1, 1));

        Says("'1 k 1-1' was committed, and the log has 'nothing' there");
    }

    [Fact]
    public void Pair_at_another_serial_is_found()
    {
        Append("k", Done(1, 1));
        Append("k", Done(2, 2));

        Says("'1 k 1-1' was committed, and the log has '1 k 1-2' there", "k 1-2", "k 1-1");
    }

    [Fact]
    public void Pair_that_was_appended_twice_is_found()
    {
        Append("k", Done(1, 1));

        Says("'1-1' was appended as 1 and 2", "k 1-1", "k 1-1");
    }

    [Fact]
    public void Repeat_with_the_serial_of_another_pair_is_found()
    {
        var call = _book.Append(1, "k");
        _book.End(call, Done(1, 1));
        _book.AddRepeat(call, new Outcome<long>.Done(new Serial(2), 2));

        Says("'2 k 1-1' was committed, and the log has 'nothing' there", "k 1-1");
    }

    [Fact]
    public void Present_pair_that_was_not_committed_is_found()
    {
        Append("k", new Outcome<long>.NotCommitted(NotCommittedReason.Canceled, ""));

        Says("'1-1' was not committed, and is at 1", "k 1-1");
    }

    [Fact]
    public void Pair_that_no_client_sent_is_found() => Says("'x' is in the log, and no client sent it", "k x");

    [Fact]
    public void Wrong_result_is_found()
    {
        Append("k", Done(1, 2));

        Says("'1 k 1-1' has the result 2, not 1", "k 1-1");
    }

    [Fact]
    public void Missing_result_is_found()
    {
        Append("k", Outcome<long>.Done.WithoutResult(new Serial(1)));

        Says("'1 k 1-1' has no result, and should have 1", "k 1-1");
    }

    [Fact]
    public void Serial_below_an_earlier_report_is_found()
    {
        Append("k", Done(2, 2));
        Append("k", Done(1, 1));

        Says("'1 k 1-2' was committed below 2", "k 1-2", "k 1-1");
    }

    [Fact]
    public void Different_logs_are_found() =>
        Assert.Contains("process 2 has another log than 1", CallCheck.Of(_book, [Log("k x"), Log("k y")]));

    [Fact]
    public void Stale_linearizable_read_is_found()
    {
        Append("k", Done(1, 1));
        _book.End(_book.Read(2, "k"), Answer(0, 0, "-"));

        Says("k was read as '0 0 -', not below 1", "k 1-1");
        Says("Not linearizable: k", "k 1-1");
    }

    [Fact]
    public void Read_older_than_demanded_is_found()
    {
        Append("k", Done(1, 1));
        _book.Add("k", atLeast: 1, Answer(0, 0, "-"));

        Says("k was read as '0 0 -', not below 1", "k 1-1");
    }

    [Fact]
    public void Read_of_a_state_that_never_was_is_found()
    {
        Append("k", Done(1, 1));
        _book.Add("k", atLeast: 0, Answer(1, 1, "x"));

        Says("k was read as '1 1 x', not below 0", "k 1-1");
    }

    [Fact]
    public void Get_that_misses_a_reported_pair_is_found()
    {
        Append("k", Done(1, 1));
        _book.Add(new GetCall(1, Floor: 1, Found: null));

        Says("Get 1 found 'nothing', and the log has '1 k 1-1'", "k 1-1");
    }

    [Fact]
    public void Get_of_another_pair_is_found()
    {
        Append("k", Done(1, 1));
        _book.Add(new GetCall(1, Floor: 0, new LoggedPair(1, "k", "x")));

        Says("Get 1 found '1 k x', and the log has '1 k 1-1'", "k 1-1");
    }

    [Fact]
    public void Hole_in_a_subscription_is_found()
    {
        Append("k", Done(1, 1));
        Append("k", Done(2, 2));
        _book.Add(new StreamCall(0, [new(2, "k", "1-2")]));

        Says("the subscription after 0 has '2 k 1-2' at its place 1, and the log '1 k 1-1'", "k 1-1", "k 1-2");
    }

    private static Outcome<long> Done(long serial, long result) => new Outcome<long>.Done(new Serial(serial), result);

    private static KeyAnswer Answer(long serial, long count, string last) => new(serial, new KeyState(count, last));

    private static IReadOnlyList<LoggedPair> Log(params string[] pairs) =>
        [.. pairs.Select((pair, place) => LoggedPair.Parse($"{place + 1} {pair}"))];

    private void Append(string key, Outcome<long> outcome) => _book.End(_book.Append(1, key), outcome);

    private IReadOnlyList<string> Findings(params string[] pairs) => CallCheck.Of(_book, [Log(pairs), Log(pairs)]);

    private void Says(string finding, params string[] pairs) => Assert.Contains(finding, string.Join('\n', Findings(pairs)));
}
