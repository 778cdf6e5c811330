using TrialKit.Calls;

namespace TrialKit.Tests;

/// <summary>The check finds each kind of contradiction, and reports nothing about a correct history.</summary>
public sealed class CallCheckTests
{
    private const long Never = long.MaxValue;

    private static readonly object[] TwoWrites = [Write("a", 1, 10, 11), Write("b", 2, 20, 21)];

    [Fact]
    public void Correct_history_has_no_findings() => Holds(
        "1 a, 3 b, 5, 7 later",
        Write("a", 1, 10, 11, wasAbsent: true, place: 1),
        Write("b", 3, 20, 21, condition: 1),
        Write(null, 5, 30, 31),
        Write("never", 0, 30, Never, WriteEnd.Unknown),
        Write("later", 7, 32, Never, WriteEnd.Unknown),
        Repeated(Write("refused", 8, 40, 41, WriteEnd.Refused, condition: 5), WriteEnd.Refused, 8),
        Write("busy", 0, 42, 43, WriteEnd.NotCommitted),
        Read(Level.Linearizable, 12, 13, 1, "a", at: 2, place: 1),
        Read(Level.Lease, 33, 34, 0, null, at: 6),
        Read(Level.Session, 35, 36, 3, "b", seen: 3, client: "client 2"),
        Read(Level.Local, 35, 36, 1, "a"),
        new WatchCall("k", 1, [new(3, "b"), new(5, null)]),
        new WatchCall("k", 7, [], Reported: 7));

    [Fact]
    public void Writes_without_an_answer_and_their_reads_may_overlap_each_other() => Holds(
        "1 b, 2 a",
        Write("a", 2, 10, Never, WriteEnd.Unknown),
        Write("b", 1, 10, Never, WriteEnd.Unknown),
        Read(Level.Linearizable, 11, 20, 0, null),
        Read(Level.Linearizable, 11, 20, 1, "b"),
        Read(Level.Linearizable, 11, 20, 2, "a"));

    [Theory]
    [InlineData(15, 25, WriteEnd.Unknown)]
    [InlineData(25, 25, WriteEnd.Committed)]
    [InlineData(15, 20, WriteEnd.Committed)]
    public void Commit_that_was_told_while_a_disk_may_have_lied_is_unknown(long toldAfter, long begunBefore, object end)
    {
        CallBook book = new();
        var (before, after) = (Write("a", 1, 20, 21), Write("b", 2, 20, 21));
        book.Add(before);
        book.Doubt(toldAfter, begunBefore);
        book.Add(after);

        Assert.Equal([(WriteEnd)end, (WriteEnd)end], [before.End, after.End]);
    }

    [Fact]
    public void Node_with_another_history_is_found() => Says(
        "node 2 has another history of k than node 1: '1 x' and '1 a' at place 1",
        [Node("1 a"), Node("1 x", number: 2)],
        Write("a", 1, 10, 11));

    [Fact]
    public void Node_with_another_item_at_the_end_is_found() => Says(
        "node 1 has '0 deleted' as k at the end, and the last change is '1 a'", [Node("1 a", last: new(0, null))], Write("a", 1, 10, 11));

    [Fact]
    public void Changes_that_are_not_in_the_order_of_serials_are_found() =>
        Says("'1 b' comes after '2 a'", "2 a, 1 b", Write("a", 2, 10, 11), Write("b", 1, 10, 11));

    [Fact]
    public void Change_that_no_client_sent_is_found() => Says("'1 x' is in the history, and no client sent it", "1 x");

    [Theory]
    [InlineData(WriteEnd.NotCommitted)]
    [InlineData(WriteEnd.Refused)]
    public void Change_that_was_denied_is_found(object end) =>
        Says("'1 a' is in the history, and its client was told", "1 a", Write("a", 0, 10, 11, (WriteEnd)end));

    [Fact]
    public void Delete_that_no_client_sent_is_found() => Says(
        "2 deletes are in the history without an answer, and clients lack the answers of 1",
        "1 a, 2, 3",
        Write("a", 1, 10, 11),
        Write(null, 0, 12, Never, WriteEnd.Unknown));

    [Fact]
    public void Write_that_was_made_twice_is_found() => Says("'a' was written 2 times", "1 a, 2 a", Write("a", 1, 10, 11));

    [Fact]
    public void Write_with_an_unknown_end_that_was_made_twice_is_found() =>
        Says("'a' was written 2 times", "1 a, 2 a", Write("a", 0, 10, Never, WriteEnd.Unknown));

    [Fact]
    public void Two_deletes_with_one_serial_are_found() =>
        Says("two deletes have one serial", "1 a, 2", Write("a", 1, 10, 11), Write(null, 2, 12, 13), Write(null, 2, 12, 13));

    [Fact]
    public void Acknowledged_write_that_is_lost_is_found() =>
        Says("'client 1: write a to k: Committed 1' was acknowledged, and is not in the history: there is 'nothing'", "2 b", TwoWrites);

    [Fact]
    public void Acknowledged_write_at_another_serial_is_found() => Says(
        "'client 1: write a to k: Committed 1' was acknowledged, and is not in the history: there is '1 b'",
        "1 b, 2 a",
        Write("a", 1, 10, 11),
        Write("b", 2, 10, 11));

    [Fact]
    public void Repeat_with_another_serial_is_found() => Says(
        "was repeated, and the answer was Committed 2", "1 a", Repeated(Write("a", 1, 10, 11), WriteEnd.Committed, 2));

    [Fact]
    public void Repeat_of_a_committed_write_that_was_refused_is_found() => Says(
        "was repeated, and the answer was Refused 1", "1 a", Repeated(Write("a", 1, 10, 11, condition: 0), WriteEnd.Refused, 1));

    [Theory]
    [InlineData(1L)]
    [InlineData(WriteCall.IfAbsent)]
    public void Committed_write_whose_condition_was_not_met_is_found(long condition) =>
        Says(
            "is in the history after '2 b', which its condition forbids",
            "1 a, 2 b, 3 c",
            [.. TwoWrites, Write("c", 3, 10, 21, condition: condition)]);

    [Fact]
    public void Committed_write_that_needs_an_item_is_found_where_there_is_none() => Says(
        "is in the history after 'nothing', which its condition forbids", "1 a", Write("a", 1, 10, 11, condition: WriteCall.IfPresent));

    [Fact]
    public void Refused_write_whose_condition_was_met_is_found() => Says(
        "was refused at 2, where '1 a' meets its condition",
        "1 a",
        Write("a", 1, 10, 11),
        Write("b", 2, 20, 21, WriteEnd.Refused, condition: 1));

    [Fact]
    public void Answer_that_denies_an_item_is_found() => Says(
        "said that there was no item before, and there was '1 a'",
        "1 a, 2 b",
        Write("a", 1, 10, 11),
        Write("b", 2, 20, 21, wasAbsent: true));

    [Fact]
    public void Answer_that_invents_an_item_is_found() => Says(
        "said that there was an item before, and there was 'nothing'", "1 a", Write("a", 1, 10, 11, wasAbsent: false));

    [Fact]
    public void Answer_with_another_number_of_the_change_is_found() => Says(
        "the answer to 'client 1: write b to k: Committed 2' said that it is change 3, and it is change 2",
        "1 a, 2 b",
        Write("a", 1, 10, 11, place: 1),
        Write("b", 2, 20, 21, place: 3));

    [Fact]
    public void Read_of_an_item_that_never_was_is_found() =>
        Says("found an item that is not in the history", "1 a", Write("a", 1, 10, 11), Read(Level.Local, 12, 13, 1, "b"));

    [Fact]
    public void Read_that_is_not_of_the_state_that_it_names_is_found() =>
        Says("that state has '2 b'", "1 a, 2 b", [.. TwoWrites, Read(Level.Local, 24, 25, 1, "a", at: 2)]);

    [Fact]
    public void Read_with_another_number_of_changes_is_found() => Says(
        "said that there are 2 changes, and that state has 1",
        "1 a",
        Write("a", 1, 10, 11),
        Read(Level.Linearizable, 12, 13, 1, "a", at: 1, place: 2));

    [Fact]
    public void Read_of_an_item_that_was_not_yet_sent_is_found() =>
        Says("ended before its item was sent", "1 a", Write("a", 1, 10, 11), Read(Level.Local, 8, 9, 1, "a"));

    [Fact]
    public void Write_that_comes_before_an_older_one_is_found() => Says(
        "'client 1: write b to k: Committed 1' began after 'client 1: write a to k: Committed 2' had ended, and comes before it",
        "1 b, 2 a",
        Write("a", 2, 10, 11),
        Write("b", 1, 20, 21));

    [Fact]
    public void Write_without_an_answer_that_comes_before_an_older_one_is_found() => Says(
        "'client 1: write b to k: Unknown 0' began after 'client 1: write a to k: Committed 2' had ended, and comes before it",
        "1 b, 2 a",
        Write("a", 2, 10, 11),
        Write("b", 0, 20, 90, WriteEnd.Unknown));

    [Theory]
    [InlineData(Level.Linearizable)]
    [InlineData(Level.Lease)]
    public void Stale_read_is_found(object level) =>
        Says("had ended, and comes before it in the history", "1 a, 2 b", [.. TwoWrites, Read((Level)level, 22, 23, 1, "a")]);

    [Fact]
    public void Stale_read_of_no_item_is_found() => Says(
        "had ended, and comes before it in the history", "1 a", Write("a", 1, 10, 11), Read(Level.Linearizable, 12, 13, 0, null));

    [Fact]
    public void Linearizable_reads_that_go_back_while_a_write_is_under_way_are_found() => Says(
        "'client 2: Linearizable read",
        "1 a, 2 b",
        Write("a", 1, 10, 11),
        Write("b", 2, 20, 50),
        Read(Level.Linearizable, 21, 22, 2, "b"),
        Read(Level.Linearizable, 23, 24, 1, "a", client: "client 2"));

    [Fact]
    public void Refused_write_that_did_not_see_an_older_one_is_found() => Says(
        "'client 1: write c to k if 7: Refused 2' began after 'client 1: write b to k: Committed 3' had ended",
        "1 a, 3 b",
        Write("a", 1, 10, 11),
        Write("b", 3, 20, 21),
        Write("c", 2, 30, 31, WriteEnd.Refused, condition: 7));

    [Fact]
    public void Session_read_that_is_older_than_the_session_is_found() =>
        Says("is older than its session", "1 a, 2 b", [.. TwoWrites, Read(Level.Session, 24, 25, 1, "a", seen: 2, client: "client 2")]);

    [Fact]
    public void Session_read_without_an_own_write_is_found() => Says(
        "in one session, 'client 1: Session read of k at node 1, start 1: not found, state , seen 0' began after 'client 1: write a",
        "1 a",
        Write("a", 1, 10, 11),
        Read(Level.Session, 12, 13, 0, null));

    [Fact]
    public void Session_read_that_is_older_than_an_earlier_read_of_the_session_is_found() => Says(
        "in one session",
        "1 a, 2 b",
        [
            .. TwoWrites,
            Read(Level.Local, 24, 25, 2, "b", client: "client 2"),
            Read(Level.Session, 26, 27, 1, "a", life: "node 2, start 1", client: "client 2"),
        ]);

    [Fact]
    public void Local_reads_of_one_process_that_go_back_are_found() => Says(
        "in one process, 'client 2: Local read",
        "1 a, 2 b",
        [.. TwoWrites, Read(Level.Local, 24, 25, 2, "b"), Read(Level.Local, 26, 27, 1, "a", client: "client 2")]);

    [Fact]
    public void Local_reads_may_go_back_at_another_node_or_after_a_restart() => Holds(
        "1 a, 2 b",
        [
            .. TwoWrites,
            Read(Level.Local, 24, 25, 2, "b"),
            Read(Level.Local, 26, 27, 1, "a", life: "node 2, start 1"),
            Read(Level.Local, 28, 29, 1, "a", life: "node 1, start 2"),
        ]);

    [Theory]
    [InlineData("a gap", 2L, "4 d")]
    [InlineData("an event twice", 0L, "1 a, 1 a")]
    [InlineData("another order", 0L, "2 b, 1 a")]
    public void Watch_with_a_fault_is_found(string fault, long after, string changes)
    {
        Assert.NotEmpty(fault);
        Says(
            $"the watch of k after {after} has",
            "1 a, 2 b, 3 c, 4 d",
            [.. TwoWrites, Write("c", 3, 10, 21), Write("d", 4, 10, 21), new WatchCall("k", after, Changes(changes))]);
    }

    [Fact]
    public void Get_that_misses_a_reported_change_is_found() => Says(
        "the watch of k after 0 has nothing, and 1 had been reported before",
        "1 a",
        Write("a", 1, 10, 11),
        new WatchCall("k", 0, [], Reported: 1));

    [Fact]
    public void Repeats_and_changes_before_a_snapshot_may_be_missing_or_surplus_in_the_files() =>
        Assert.Empty(Findings([Node("1 a, 2 b", files: "2 b, 3 a, 4 late")], TwoWrites));

    [Theory]
    [InlineData("'2 b' is in the history, and not in the files of node 1", "1 a, 3 c")]
    [InlineData("'2 c' is in the files of node 1, and not in the history", "1 a, 2 c, 3 c")]
    [InlineData("'2 x' is in the files of node 1, and not in the history", "1 a, 2 x, 3 c")]
    public void Files_with_other_changes_are_found(string finding, string files) =>
        Says(finding, [Node("1 a, 2 b, 3 c", files: files)], [.. TwoWrites, Write("c", 3, 10, 21)]);

    [Fact]
    public void Write_survives_writing_and_parsing()
    {
        var call = Write("a", 7, 8, 9, client: "writer");

        Assert.Equal(call.ToLine(), WriteCall.Parse(call.ToLine())!.ToLine());
        Assert.Equal("@write writer k a 8 9 Committed 7", call.ToLine());
        Assert.Null(WriteCall.Parse("2024/02/23 17:52:24 Logs [a]"));
    }

    private static WriteCall Write(
        string? value,
        long serial,
        long began,
        long ended,
        WriteEnd end = WriteEnd.Committed,
        long? condition = null,
        bool? wasAbsent = null,
        string client = "client 1",
        long? place = null) =>
        new(client, "k", value, condition, began) { End = end, Ended = ended, Serial = serial, WasAbsent = wasAbsent, Place = place };

    private static WriteCall Repeated(WriteCall call, WriteEnd end, long serial)
    {
        call.Repeats.Add((end, serial, null));
        return call;
    }

    private static ReadCall Read(
        Level level,
        long began,
        long ended,
        long serial,
        string? value,
        long? at = null,
        long seen = 0,
        string client = "client 1",
        string life = "node 1, start 1",
        long? place = null) =>
        new(client, "k", level, life, seen, began, ended, serial, value, at, place);

    // Each change is a serial and a value; without a value, a delete.
    private static List<Change> Changes(string text) =>
        [.. text.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Change.Parse)];

    private static Copy Node(string history, int number = 1, Change? last = null, string files = "") =>
        new($"node {number}", new() { ["k"] = Changes(history) })
        {
            Last = new() { ["k"] = last ?? Changes(history)[^1] },
            Files = new() { ["k"] = Changes(files) },
        };

    private static void Holds(string history, params object[] calls) => Assert.Empty(Findings([Node(history), Node(history, 2)], calls));

    private static void Says(string finding, string history, params object[] calls) => Says(finding, [Node(history)], calls);

    private static void Says(string finding, Copy[] copies, params object[] calls) =>
        Assert.Contains(Findings(copies, calls), each => each.Contains(finding, StringComparison.Ordinal));

    private static IReadOnlyList<string> Findings(Copy[] copies, params object[] calls)
    {
        var book = new CallBook();
        calls.OfType<WriteCall>().ToList().ForEach(book.Add);
        calls.OfType<ReadCall>().ToList().ForEach(book.Add);
        calls.OfType<WatchCall>().ToList().ForEach(book.Add);
        return CallCheck.Of(book, copies);
    }
}
