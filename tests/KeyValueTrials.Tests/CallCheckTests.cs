using KeyValueTrials.Check;

namespace KeyValueTrials.Tests;

/// <summary>The check finds each kind of contradiction, and reports nothing about a correct history.</summary>
public sealed class CallCheckTests
{
    private const long Never = long.MaxValue;

    private readonly CallBook _book = new();
    private readonly List<Change> _changes = [];
    private List<Change>? _ofOther;
    private Change? _last;

    [Fact]
    public void Correct_history_has_no_findings()
    {
        Write("a", 1, 10, 11, wasAbsent: true);
        Write("b", 3, 20, 21, condition: 1);
        Write(null, 5, 30, 31);
        Write("never", 0, 30, Never, WriteEnd.Unknown);
        Write("later", 7, 32, Never, WriteEnd.Unknown);
        Write("refused", 8, 40, 41, WriteEnd.Refused, condition: 5).Repeats.Add((WriteEnd.Refused, 8));
        Write("busy", 0, 42, 43, WriteEnd.NotMade);
        Made("1 a", "3 b", "5", "7 later");
        Read(Level.Linearizable, 12, 13, 1, "a", at: 2);
        Read(Level.Lease, 33, 34, 0, null, at: 6);
        Read(Level.Session, 35, 36, 3, "b", seen: 3, client: 2);
        Read(Level.Local, 35, 36, 1, "a");
        _book.Add(new WatchCall("k", 1, [new(3, "b"), new(5, null)]));

        Assert.Empty(Findings());
    }

    [Fact]
    public void Writes_without_an_answer_and_their_reads_may_overlap_each_other()
    {
        Write("a", 2, 10, Never, WriteEnd.Unknown);
        Write("b", 1, 10, Never, WriteEnd.Unknown);
        Made("1 b", "2 a");
        Read(Level.Linearizable, 11, 20, 0, null);
        Read(Level.Linearizable, 11, 20, 1, "b");
        Read(Level.Linearizable, 11, 20, 2, "a");

        Assert.Empty(Findings());
    }

    [Fact]
    public void Node_with_another_history_is_found()
    {
        Write("a", 1, 10, 11);
        Made("1 a");
        _ofOther = [new(1, "x")];

        Says("node 2 has another history of k than node 1: '1 x' and '1 a' at place 1");
    }

    [Fact]
    public void Node_with_another_item_at_the_end_is_found()
    {
        Write("a", 1, 10, 11);
        Made("1 a");
        _last = new Change(0, null);

        Says("node 1 has '0 deleted' as k at the end, and the last change is '1 a'");
    }

    [Fact]
    public void Changes_that_are_not_in_the_order_of_serials_are_found()
    {
        Write("a", 2, 10, 11);
        Write("b", 1, 10, 11);
        Made("2 a", "1 b");

        Says("'1 b' comes after '2 a'");
    }

    [Fact]
    public void Change_that_no_client_sent_is_found()
    {
        Made("1 x");

        Says("'1 x' is in the history, and no client sent it");
    }

    [Theory]
    [InlineData(WriteEnd.NotMade)]
    [InlineData(WriteEnd.Refused)]
    public void Change_that_was_denied_is_found(object end)
    {
        Write("a", 0, 10, 11, (WriteEnd)end);
        Made("1 a");

        Says("'1 a' is in the history, and its client was told");
    }

    [Fact]
    public void Delete_that_no_client_sent_is_found()
    {
        Write("a", 1, 10, 11);
        Write(null, 0, 12, Never, WriteEnd.Unknown);
        Made("1 a", "2", "3");

        Says("2 deletes are in the history without an answer, and clients lack the answers of 1");
    }

    [Fact]
    public void Write_that_was_made_twice_is_found()
    {
        Write("a", 1, 10, 11);
        Made("1 a", "2 a");

        Says("'a' was written 2 times");
    }

    [Fact]
    public void Two_deletes_with_one_serial_are_found()
    {
        Write("a", 1, 10, 11);
        Write(null, 2, 12, 13);
        Write(null, 2, 12, 13);
        Made("1 a", "2");

        Says("two deletes have one serial");
    }

    [Fact]
    public void Acknowledged_write_that_is_lost_is_found()
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 20, 21);
        Made("2 b");

        Says("'client 1 PUT a k: Applied 1' was acknowledged, and is not in the history: there is 'nothing'");
    }

    [Fact]
    public void Acknowledged_write_at_another_serial_is_found()
    {
        Write("a", 1, 10, 11);
        Made("2 a");

        Says("'client 1 PUT a k: Applied 1' was acknowledged, and is not in the history");
    }

    [Fact]
    public void Repeat_with_another_serial_is_found()
    {
        Write("a", 1, 10, 11).Repeats.Add((WriteEnd.Applied, 2));
        Made("1 a");

        Says("was repeated, and the answer was Applied 2");
    }

    [Fact]
    public void Repeat_of_an_applied_write_that_was_refused_is_found()
    {
        Write("a", 1, 10, 11, condition: 0).Repeats.Add((WriteEnd.Refused, 1));
        Made("1 a");

        Says("was repeated, and the answer was Refused 1");
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(WriteCall.IfAbsent)]
    public void Applied_write_whose_condition_was_not_met_is_found(long condition)
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 10, 11);
        Write("c", 3, 10, 11, condition: condition);
        Made("1 a", "2 b", "3 c");

        Says("is in the history after '2 b', which its condition forbids");
    }

    [Fact]
    public void Applied_write_that_needs_an_item_is_found_where_there_is_none()
    {
        Write("a", 1, 10, 11, condition: WriteCall.IfPresent);
        Made("1 a");

        Says("is in the history after 'nothing', which its condition forbids");
    }

    [Fact]
    public void Refused_write_whose_condition_was_met_is_found()
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 20, 21, WriteEnd.Refused, condition: 1);
        Made("1 a");

        Says("was refused at 2, where '1 a' meets its condition");
    }

    [Fact]
    public void Answer_that_denies_an_item_is_found()
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 20, 21, wasAbsent: true);
        Made("1 a", "2 b");

        Says("said that there was no item before, and there was '1 a'");
    }

    [Fact]
    public void Answer_that_invents_an_item_is_found()
    {
        Write("a", 1, 10, 11, wasAbsent: false);
        Made("1 a");

        Says("said that there was an item before, and there was 'nothing'");
    }

    [Fact]
    public void Read_of_an_item_that_never_was_is_found()
    {
        Write("a", 1, 10, 11);
        Made("1 a");
        Read(Level.Local, 12, 13, 1, "b");

        Says("found an item that is not in the history");
    }

    [Fact]
    public void Read_that_is_not_of_the_state_that_it_names_is_found()
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 12, 13);
        Made("1 a", "2 b");
        Read(Level.Local, 14, 15, 1, "a", at: 2);

        Says("that state has '2 b'");
    }

    [Fact]
    public void Read_of_an_item_that_was_not_yet_sent_is_found()
    {
        Write("a", 1, 10, 11);
        Made("1 a");
        Read(Level.Local, 8, 9, 1, "a");

        Says("ended before its item was sent");
    }

    [Fact]
    public void Write_that_comes_before_an_older_one_is_found()
    {
        Write("a", 2, 10, 11);
        Write("b", 1, 20, 21);
        Made("1 b", "2 a");

        Says("'client 1 PUT b k: Applied 1' began after 'client 1 PUT a k: Applied 2' had ended, and comes before it");
    }

    [Theory]
    [InlineData(Level.Linearizable)]
    [InlineData(Level.Lease)]
    public void Stale_read_is_found(object level)
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 20, 21);
        Made("1 a", "2 b");
        Read((Level)level, 22, 23, 1, "a");

        Says("had ended, and comes before it in the history");
    }

    [Fact]
    public void Stale_read_of_no_item_is_found()
    {
        Write("a", 1, 10, 11);
        Made("1 a");
        Read(Level.Linearizable, 12, 13, 0, null);

        Says("had ended, and comes before it in the history");
    }

    [Fact]
    public void Linearizable_reads_that_go_back_while_a_write_is_under_way_are_found()
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 20, 50);
        Made("1 a", "2 b");
        Read(Level.Linearizable, 21, 22, 2, "b");
        Read(Level.Linearizable, 23, 24, 1, "a", client: 2);

        Says("'client 2 Linearizable GET");
    }

    [Fact]
    public void Refused_write_that_did_not_see_an_older_one_is_found()
    {
        Write("a", 1, 10, 11);
        Write("b", 3, 20, 21);
        Write("c", 2, 30, 31, WriteEnd.Refused, condition: 7);
        Made("1 a", "3 b");

        Says("'client 1 PUT c k if 7: Refused 2' began after 'client 1 PUT b k: Applied 3' had ended");
    }

    [Fact]
    public void Session_read_that_is_older_than_the_session_is_found()
    {
        Write("a", 1, 10, 11, client: 2);
        Write("b", 2, 12, 13, client: 2);
        Made("1 a", "2 b");
        Read(Level.Session, 14, 15, 1, "a", seen: 2);

        Says("is older than its session");
    }

    [Fact]
    public void Session_read_without_an_own_write_is_found()
    {
        Write("a", 1, 10, 11);
        Made("1 a");
        Read(Level.Session, 12, 13, 0, null);

        Says("in one session, 'client 1 Session GET k at node 1, start 1: not found, state , seen 0' began after 'client 1 PUT a");
    }

    [Fact]
    public void Session_read_that_is_older_than_an_earlier_read_of_the_session_is_found()
    {
        Write("a", 1, 10, 11, client: 2);
        Write("b", 2, 12, 13, client: 2);
        Made("1 a", "2 b");
        Read(Level.Local, 14, 15, 2, "b");
        Read(Level.Session, 16, 17, 1, "a", life: "node 2, start 1");

        Says("in one session");
    }

    [Fact]
    public void Local_reads_of_one_process_that_go_back_are_found()
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 12, 13);
        Made("1 a", "2 b");
        Read(Level.Local, 14, 15, 2, "b");
        Read(Level.Local, 16, 17, 1, "a", client: 2);

        Says("in one process, 'client 2 Local GET");
    }

    [Fact]
    public void Local_reads_may_go_back_at_another_node_or_after_a_restart()
    {
        Write("a", 1, 10, 11);
        Write("b", 2, 12, 13);
        Made("1 a", "2 b");
        Read(Level.Local, 14, 15, 2, "b");
        Read(Level.Local, 16, 17, 1, "a", life: "node 2, start 1");
        Read(Level.Local, 18, 19, 1, "a", life: "node 1, start 2");

        Assert.Empty(Findings());
    }

    [Theory]
    [InlineData("a gap", 2L)]
    [InlineData("an event twice", 0L, 1L, 1L)]
    [InlineData("another order", 0L, 2L, 1L)]
    public void Watch_with_a_fault_is_found(string fault, long after, params long[] serials)
    {
        Assert.NotEmpty(fault);
        Write("a", 1, 10, 11);
        Write("b", 2, 10, 11);
        Write("c", 3, 10, 11);
        Write("d", 4, 10, 11);
        Made("1 a", "2 b", "3 c", "4 d");
        _book.Add(new WatchCall("k", after, [.. serials.DefaultIfEmpty(4).Select(serial => _changes[(int)serial - 1])]));

        Says($"the watch of k after {after} has");
    }

    private WriteCall Write(
        string? value,
        long serial,
        long began,
        long ended,
        WriteEnd end = WriteEnd.Applied,
        long? condition = null,
        bool? wasAbsent = null,
        int client = 1)
    {
        var call = new WriteCall(client, "k", value, condition, began) { End = end, Ended = ended, Serial = serial, WasAbsent = wasAbsent };
        _book.Add(call);
        return call;
    }

    private void Read(
        Level level,
        long began,
        long ended,
        long serial,
        string? value,
        long? at = null,
        long seen = 0,
        int client = 1,
        string life = "node 1, start 1") =>
        _book.Add(new ReadCall(client, "k", level, life, seen, began, ended, serial, value, at));

    // Each text is a serial and a value; without a value, a delete.
    private void Made(params string[] changes) => _changes.AddRange(
        changes.Select(text => text.Split(' ')).Select(parts => new Change(long.Parse(parts[0]), parts.ElementAtOrDefault(1))));

    private void Says(string text) => Assert.Contains(Findings(), finding => finding.Contains(text, StringComparison.Ordinal));

    private IReadOnlyList<string> Findings() => CallCheck.Of(
        _book,
        new Dictionary<string, Dictionary<string, List<Change>>>
        {
            ["node 1"] = new() { ["k"] = _changes },
            ["node 2"] = new() { ["k"] = _ofOther ?? _changes },
        },
        new Dictionary<string, Dictionary<string, Change>>
        {
            ["node 1"] = new() { ["k"] = _last ?? _changes[^1] },
            ["node 2"] = new() { ["k"] = _changes[^1] },
        });
}
