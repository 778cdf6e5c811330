using RaftActors.Cli.Protocol;
using RaftActors.Core;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft members</c>, <c>raft transfer</c> and <c>raft explain</c>.</summary>
public sealed class MembersTests
{
    private static readonly ServerId Newcomer = new("", 9993);

    [Theory]
    [InlineData("add", "added :9993\n", typeof(Request.AddMember))]
    [InlineData("remove", "removed :9993\n", typeof(Request.RemoveMember))]
    public void Change_that_is_done_is_reported(string verb, string said, Type kind)
    {
        using var server = ScriptedServer.Answering(request => new Reply.Done(request.Number));

        var run = Run.Here("members", verb, "9993", "-S", $"{server.Id}");

        Assert.Equal((0, said, ""), (run.Code, run.Output, run.Error));
        var request = Assert.Single(server.Requests);
        Assert.IsType(kind, request);
        Assert.Equal(Newcomer, (request as Request.AddMember)?.Server ?? (request as Request.RemoveMember)?.Server);
    }

    [Fact]
    public void Maximum_of_the_quorum_that_is_set_is_reported()
    {
        using var server = ScriptedServer.Answering(request => new Reply.Done(request.Number));

        var run = Run.Here("members", "quorum", "5", "-S", $"{server.Id}");

        Assert.Equal((0, "at most 5 vote\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(5, Assert.IsType<Request.SetMaxQuorum>(Assert.Single(server.Requests)).Max);
    }

    [Fact]
    public void Number_that_is_no_maximum_of_the_quorum_is_a_wrong_command()
    {
        var run = Run.Here("members", "quorum", "4", "-S", ":1");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("'4'", run.Error);
    }

    [Fact]
    public void Refused_change_is_reported_with_the_reason()
    {
        using var server = ScriptedServer.Answering(request => new Reply.Refused(request.Number, ":9993 is a member already."));

        var run = Run.Here("members", "add", ":9993", "-S", $"{server.Id}");

        Assert.Equal((1, "", "raft: not done: :9993 is a member already; nothing was changed\n"), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Change_with_an_unknown_outcome_is_not_retried()
    {
        using var silent = ScriptedServer.Silent();
        using var next = ScriptedServer.Answering(request => new Reply.Done(request.Number));

        var run = Run.Here("members", "remove", ":9993", "-S", $"{silent.Id},{next.Id}", "--timeout", "5");

        // On a busy machine the connection may be lost before the time is up. The outcome is unknown then too.
        Assert.Equal((3, ""), (run.Code, run.Output));
        Assert.Matches("^raft: unknown whether :9993 was removed: .*; run 'raft status' to find out\n$", run.Error);
        Assert.Single(silent.Requests);
        Assert.Empty(next.Requests);
    }

    [Fact]
    public void Change_is_sent_to_the_next_server_after_a_refusal()
    {
        using var ignorant = ScriptedServer.Answering(request => new Reply.Refused(request.Number, "no leader is known"));
        using var next = ScriptedServer.Answering(request => new Reply.Done(request.Number));

        var run = Run.Here("members", "add", ":9993", "-S", $"{ScriptedServer.Dead()},{ignorant.Id},{next.Id}");

        Assert.Equal((0, "added :9993\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Members_are_listed_as_voter_or_learner_with_the_leader_marked()
    {
        using var server = ScriptedServer.Answering(request => StatusOf(request, new ServerId("", 9991)));

        var run = Run.Here("members", "list", "-S", $"{server.Id}");

        Assert.Equal(
            (0, """
                SERVER     PART     LEADER
                :9990      voter
                :9991      voter    leader
                box:12345  learner

                """, ""),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Transfer_names_the_future_leader_or_none()
    {
        using var server = ScriptedServer.Answering(request => new Reply.Done(request.Number));

        var named = Run.Here("transfer", "--to", ":9991", "-S", $"{server.Id}");
        var any = Run.Here("transfer", "-S", $"{server.Id}");

        Assert.Equal((0, ":9991 leads\n", ""), (named.Code, named.Output, named.Error));
        Assert.Equal((0, "another server leads\n", ""), (any.Code, any.Output, any.Error));
        Assert.Equal([new ServerId("", 9991), null], server.Requests.Cast<Request.Transfer>().Select(transfer => transfer.To));
    }

    [Fact]
    public void Transfer_with_an_unknown_outcome_is_not_retried()
    {
        using var server = ScriptedServer.Answering(request => new Reply.Unknown(request.Number, "The time is up."));

        var run = Run.Here("transfer", "-S", $"{server.Id}");

        Assert.Equal(
            (3, "", "raft: unknown whether another server leads: the time is up; run 'raft status' to find out\n"),
            (run.Code, run.Output, run.Error));
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Explanation_is_printed_with_control_characters_escaped()
    {
        using var server = ScriptedServer.Answering(request => new Reply.ExplanationIs(request.Number, "waits\r\nfor \u001b[2J"));

        var run = Run.Here("explain", "-S", $"{server.Id}");

        Assert.Equal((0, "waits\nfor \\u001b[2J\n", ""), (run.Code, run.Output, run.Error));
    }

    [Theory]
    [InlineData("members", "list")]
    [InlineData("explain")]
    [InlineData("status")]
    public void Query_ends_at_once_when_the_only_server_is_dead(params string[] verb)
    {
        var dead = ScriptedServer.Dead();

        var run = Run.Here([.. verb, "-S", $"{dead}", "--timeout", "60"]);

        Assert.Equal((1, "", $"raft: cannot reach {dead}: connection refused\n"), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Each_answer_is_one_JSON_object()
    {
        using var server = ScriptedServer.Answering(request => request switch
        {
            Request.AddMember => new Reply.Done(request.Number),
            Request.RemoveMember => new Reply.Refused(request.Number, "no"),
            Request.Transfer => new Reply.Unknown(request.Number, "who knows"),
            Request.Explain => new Reply.ExplanationIs(request.Number, "all is well"),
            _ => StatusOf(request, null),
        });
        string[] options = ["--json", "-S", $"{server.Id}"];

        Assert.Equal(
            (0, """{"kind":"member-added","server":":9993","outcome":"done"}""" + "\n"),
            CodeAndOutput("members", "add", ":9993"));
        Assert.Equal(
            (1, """{"kind":"member-removed","server":":9993","outcome":"not-done","why":"no"}""" + "\n"),
            CodeAndOutput("members", "remove", ":9993"));
        Assert.Equal((3, """{"kind":"transfer","outcome":"unknown","why":"who knows"}""" + "\n"), CodeAndOutput("transfer"));
        Assert.Equal(
            (0, $$"""{"kind":"explanation","server":"{{server.Id}}","text":"all is well"}""" + "\n"),
            CodeAndOutput("explain"));
        Assert.Equal(
            (0, """
                {"kind":"member","server":":9990","votes":true,"leads":false}
                {"kind":"member","server":":9991","votes":true,"leads":false}
                {"kind":"member","server":"box:12345","votes":false,"leads":false}

                """),
            CodeAndOutput("members", "list"));

        (int Code, string Output) CodeAndOutput(params string[] verb)
        {
            var run = Run.Here([.. verb, .. options]);
            Assert.Equal("", run.Error);
            return (run.Code, run.Output);
        }
    }

    private static Reply.StatusIs StatusOf(Request request, ServerId? leader) => new(
        request.Number,
        new ServerId("", 9990),
        RaftRole.Follower,
        Term: 3,
        DateTimeOffset.UnixEpoch,
        AppliedSerial: 4,
        CommittedSerial: 4,
        leader,
        [new(new ServerId("", 9990), true), new(new ServerId("", 9991), true), new(new ServerId("box", 12345), IsVoter: false)],
        Note: null);
}
