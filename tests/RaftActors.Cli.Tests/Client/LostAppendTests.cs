using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Tests.Client;

/// <summary>
/// <c>raft append</c> with dead, silent and ignorant servers: the outcome is definite if possible, and otherwise safe to retry.
/// </summary>
public sealed class LostAppendTests
{
    [Fact]
    public void Unknown_outcome_names_the_request_id_that_makes_a_retry_safe()
    {
        using var server = ScriptedServer.Answering(request => new Reply.Unknown(request.Number, "the leader changed"));

        var run = Run.Here("append", "x", "-S", $"{server.Id}", "--timeout", "2");

        var ids = server.Requests.Cast<Request.Append>().Select(append => append.RequestId).Distinct();
        Assert.Equal((3, ""), (run.Code, run.Output));
        Assert.Equal(
            "raft: unknown whether it was committed: the leader changed; "
            + $"to retry safely, append it again with --request-id {Assert.Single(ids)}\n",
            run.Error);
        Assert.True(server.Requests.Count > 1, "time was left, and there was no retry");
    }

    [Fact]
    public void Append_ends_at_once_when_the_only_server_refuses_connections()
    {
        var dead = ScriptedServer.Dead();

        var run = Run.Here("append", "x", "-S", $"{dead}", "--timeout", "60");

        Assert.Equal(
            (1, "", $"raft: not committed: cannot reach {dead}: connection refused; it is safe to append it again\n"),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Outcome_is_unknown_when_the_server_never_answers()
    {
        using var server = ScriptedServer.Silent();

        var run = Run.Here("append", "x", "-S", $"{server.Id}", "--timeout", "2");

        Assert.Equal((3, ""), (run.Code, run.Output));
        Assert.StartsWith($"raft: unknown whether it was committed: {server.Id} did not answer in time; ", run.Error);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Append_is_not_committed_when_a_listener_never_completes_the_connection()
    {
        using var listener = new DeafListener();

        var run = Run.Here("append", "x", "-S", $"{listener.Id}", "--timeout", "0.5");

        Assert.Equal(
            (1, "", $"raft: not committed: cannot reach {listener.Id}: no answer; it is safe to append it again\n"),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Outcome_is_unknown_when_the_server_dies_after_it_received_the_message()
    {
        ScriptedServer? server = null;
        server = new ScriptedServer(_ =>
        {
            server!.Dispose();
            return [];
        });

        var run = Run.Here("append", "x", "-S", $"{server.Id}", "--timeout", "2");

        Assert.Equal((3, ""), (run.Code, run.Output));
        Assert.StartsWith(
            $"raft: unknown whether it was committed: the connection to {server.Id} was lost before its answer arrived; ",
            run.Error);
    }

    [Fact]
    public void Server_that_died_with_the_message_is_asked_again_after_its_restart()
    {
        ScriptedServer? first = null;
        ScriptedServer? second = null;
        first = new ScriptedServer(_ =>
        {
            first!.Ended.ContinueWith(_ => second = ScriptedServer.Committing(first.Id.Port));
            first.Dispose();
            return [];
        });

        var run = Run.Here("append", "x", "-S", $"{first.Id}", "--timeout", "60");
        second?.Dispose();

        Assert.Equal((0, "committed, serial 1\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(
            first.Requests.Cast<Request.Append>().Select(append => append.RequestId),
            second!.Requests.Cast<Request.Append>().Select(append => append.RequestId));
    }

    [Fact]
    public void Next_server_is_asked_when_the_first_is_dead()
    {
        using var server = ScriptedServer.Committing();

        var run = Run.Here("append", "x", "-S", $"{ScriptedServer.Dead()},{server.Id}");

        Assert.Equal((0, "committed, serial 1\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Next_server_is_asked_with_the_same_request_id_when_the_first_does_not_answer()
    {
        using var silent = ScriptedServer.Silent();
        using var server = ScriptedServer.Answering(request => new Reply.Committed(request.Number, 7, WasThere: true));

        var run = Run.Here("append", "x", "-S", $"{silent.Id},{server.Id}", "--timeout", "4");

        // The id is generated, so only the first attempt of this run can have appended it.
        Assert.Equal((0, "committed, serial 7\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(
            silent.Requests.Cast<Request.Append>().Select(append => append.RequestId),
            server.Requests.Cast<Request.Append>().Select(append => append.RequestId));
    }

    [Fact]
    public void Outcome_stays_unknown_when_another_server_refuses_the_retry()
    {
        using var doubtful = ScriptedServer.Answering(request => new Reply.Unknown(request.Number, "the leader changed"));
        using var server = ScriptedServer.Answering(request => new Reply.Refused(request.Number, "no leader is known"));

        var run = Run.Here("append", "x", "-S", $"{doubtful.Id},{server.Id}", "--timeout", "2");

        Assert.Equal((3, ""), (run.Code, run.Output));
        Assert.StartsWith("raft: unknown whether it was committed: the leader changed; ", run.Error);
    }

    [Fact]
    public void Error_names_each_server_that_cannot_be_reached()
    {
        var (first, second) = (ScriptedServer.Dead(), ScriptedServer.Dead());

        var run = Run.Here("append", "x", "-S", $"{first},{second}");

        Assert.Equal(1, run.Code);
        Assert.Contains($"cannot reach {first}: connection refused; cannot reach {second}: connection refused", run.Error);
    }
}
