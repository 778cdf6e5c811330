using Akka.Actor;

using RaftActors.Cli.Protocol;
using RaftActors.Testing;

namespace RaftActors.Cli.Tests.Server;

/// <summary>The replies to an append, for each behaviour of the group.</summary>
public sealed class PendingAppendsTests : ServerTest
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Message_is_answered_with_its_serial_when_it_is_committed()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        var attempt = ExpectAttempt();
        Assert.Equal(("id", "i like beer"), (attempt.Key, attempt.Value));
        Group.Commit("other", "before it");

        Group.Commit(attempt);

        ExpectMsg(new Reply.Committed(1, 2, WasThere: false));
    }

    [Fact]
    public void Empty_message_is_appended()
    {
        StartInGroup();
        Append(1, "id", "");
        Group.Commit(ExpectAttempt());
        ExpectMsg(new Reply.Committed(1, 1, WasThere: false));
    }

    [Fact]
    public void Known_request_id_is_answered_with_its_first_serial()
    {
        StartInGroup();
        Group.Commit("id", "i like beer");
        Status();
        Append(1, "id", "i like beer");

        ExpectMsg(new Reply.Committed(1, 1, WasThere: true));
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Message_that_another_server_appended_first_is_reported_as_committed_before()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        var attempt = ExpectAttempt();

        Group.Commit("id", "i like beer");

        ExpectMsg(new Reply.Committed(1, 1, WasThere: true));
        Group.Commit(attempt);
        Status();
        Append(2, "id", "i like beer");
        ExpectMsg(new Reply.Committed(2, 1, WasThere: true));
    }

    [Fact]
    public void Request_id_of_another_committed_or_pending_message_is_refused()
    {
        StartInGroup();
        Group.Commit("old", "i like beer");
        Status();
        Append(1, "old", "i like tea");
        Append(2, "new", "i like beer");
        Append(3, "new", "i like tea");

        Assert.Contains("was used for another message", ExpectMsg<Reply.Refused>(refused => refused.Number == 1).Detail);
        Assert.Contains("was used for another message", ExpectMsg<Reply.Refused>(refused => refused.Number == 3).Detail);
        Group.Commit(ExpectAttempt());
        ExpectMsg(new Reply.Committed(2, 2, WasThere: false));
    }

    [Fact]
    public void Pending_append_is_refused_when_its_request_id_is_committed_with_another_message()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        ExpectAttempt();

        Group.Commit("id", "i like tea");

        Assert.Contains("was used for another message", ExpectMsg<Reply.Refused>().Detail);
    }

    [Fact]
    public void All_clients_of_the_same_request_id_are_answered_and_it_is_appended_once()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        Append(2, "id", "i like beer");
        Group.Commit(ExpectAttempt());

        ExpectMsg(new Reply.Committed(1, 1, WasThere: false));
        ExpectMsg(new Reply.Committed(2, 1, WasThere: false));
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Client_is_redirected_to_each_leader_that_is_another_server()
    {
        StartInGroup();
        Lead(9991);
        Append(1, "id", "i like beer");
        ExpectMsg(new Reply.Redirected(1, Id(9991)));
        var first = ExpectAttempt();

        Lead(9992, term: 2);

        ExpectMsg(new Reply.Redirected(1, Id(9992)));
        Assert.Equal("id", ExpectAttempt().Key);
        Group.Commit(first);
        ExpectMsg(new Reply.Committed(1, 1, WasThere: false));
    }

    [Fact]
    public void Retries_keep_the_order_of_arrival()
    {
        StartInGroup();
        Lead(9991);
        var ids = Enumerable.Range(1, 12).Select(line => $"id-{line}").ToArray();
        foreach (var id in ids)
        {
            Append(1, id, "i like beer");
            Assert.Equal(id, ExpectAttempt().Key);
        }

        Lead(9992, term: 2);

        Assert.Equal(ids, ids.Select(_ => ExpectAttempt().Key).ToArray());
    }

    [Fact]
    public void Leader_sends_no_redirect()
    {
        StartInGroup();
        Lead(9990);
        Append(1, "id", "i like beer");
        Group.Commit(ExpectAttempt());
        ExpectMsg(new Reply.Committed(1, 1, WasThere: false));
    }

    [Fact]
    public void Attempt_made_without_a_leader_is_not_repeated_when_a_leader_is_known()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        ExpectAttempt();
        Lead(9990);
        Status();
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Attempt_with_an_unknown_outcome_is_repeated_with_the_same_id()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        var first = ExpectAttempt();

        Wait(Second);
        Group.Cancel(first.Request, new CancelReason.Unknown(UnknownReason.TimedOut));

        var second = ExpectAttempt();
        Assert.Equal((first.Key, first.Value), (second.Key, second.Value));
        Group.Commit(second);
        ExpectMsg(new Reply.Committed(1, 1, WasThere: false));
    }

    [Fact]
    public void Message_is_applied_once_when_all_its_attempts_are_committed()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        var first = ExpectAttempt();
        Wait(Second);
        Group.Cancel(first.Request, new CancelReason.Unknown(UnknownReason.TimedOut));
        var second = ExpectAttempt();

        Group.Commit(first);
        Group.Commit(second);
        Group.Commit("next", "count");

        ExpectMsg<Reply.Committed>(committed => committed.Serial == 1);
        Status();
        Assert.Equal(["Count 2"], Lines);
    }

    [Fact]
    public void Append_without_a_commit_is_refused_with_the_reason_when_its_time_is_up()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        var end = TimeSpan.Zero;
        while (end < Timeout)
        {
            var reason = new CancelReason.NotCommitted(NotCommittedReason.NoLeader, "No leader could be reached in time.");
            Group.Cancel(ExpectAttempt().Request, reason);
            var pause = TimeSpan.FromMilliseconds(500);
            end += pause;
            Wait(pause);
        }

        var refused = ExpectMsg<Reply.Refused>();
        Assert.Contains("not in the log: no leader could be reached in time.", refused.Detail);
    }

    [Fact]
    public void Append_with_an_unknown_attempt_is_unknown_when_its_time_is_up()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        var first = ExpectAttempt();
        Wait(Second);
        Group.Cancel(first.Request, new CancelReason.Unknown(UnknownReason.TimedOut));
        Group.Cancel(ExpectAttempt().Request, new CancelReason.NotCommitted(NotCommittedReason.Busy, "busy"));
        Status();
        Asked.ExpectNoMsg(TimeSpan.Zero);

        Wait(Timeout);

        ExpectMsg<Reply.Unknown>();
    }

    [Fact]
    public void Append_with_an_open_attempt_is_unknown_when_its_time_is_up()
    {
        StartInGroup();
        Append(1, "id", "i like beer");
        ExpectAttempt();

        Wait(Timeout);
        Status();
        Wait(TimeSpan.FromSeconds(1));

        ExpectMsg<Reply.Unknown>();
    }

    [Fact]
    public void Message_of_the_largest_size_is_appended_and_a_larger_one_is_refused_with_both_sizes()
    {
        StartInGroup();
        Append(1, "id", new string('x', (1 << 20) + 1));
        var refused = ExpectMsg<Reply.Refused>();
        Assert.Contains("1048577", refused.Detail);
        Assert.Contains("1048576", refused.Detail);
        Append(2, "id", new string('ü', 1 << 19));
        Assert.Equal(1 << 19, ExpectAttempt().Value.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Message_without_an_id_is_refused(string? id)
    {
        StartInGroup();
        Append(1, id!, "text");
        ExpectMsg<Reply.Refused>();
    }

    [Fact]
    public void Invalid_unicode_is_refused()
    {
        StartInGroup();
        var half = "\U0001F37A"[..1];
        Append(1, "id", half);
        ExpectMsg<Reply.Refused>();
        Append(2, half, "text");
        ExpectMsg<Reply.Refused>();
    }

    [Fact]
    public void Request_id_that_is_too_long_is_refused()
    {
        StartInGroup();
        Append(1, new string('x', 201), "text");
        ExpectMsg<Reply.Refused>();
    }

    [Fact]
    public void Server_outside_any_group_refuses_at_once()
    {
        Start(cluster: ":9991,:9992");
        Append(1, "id", "text");
        Assert.Contains("waits to be added", ExpectMsg<Reply.Refused>().Detail);
    }

    [Fact]
    public void Removed_server_refuses_at_once()
    {
        StartInGroup();
        HaveMembers(2, 9991, 9992);
        Append(1, "id", "text");
        Assert.Contains("was removed from the group", ExpectMsg<Reply.Refused>().Detail);
    }
}
