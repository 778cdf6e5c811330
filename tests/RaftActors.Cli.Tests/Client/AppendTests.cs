using RaftActors.Cli.Protocol;

using TrialKit;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft append</c>, <c>print</c> and <c>count</c>: how each kind of answer is reported.</summary>
public sealed class AppendTests
{
    [Fact]
    public void Serial_of_the_appended_message_is_printed()
    {
        using var server = ScriptedServer.Answering(request => new Reply.Committed(request.Number, 4, WasThere: false));

        var run = Run.Of("append", "I like grüße, 世界 🍺.", "-S", $"{server.Id}");

        Assert.Equal((0, "committed, serial 4\n", ""), (run.Code, run.Output, run.Error));
        var append = Assert.IsType<Request.Append>(Assert.Single(server.Requests));
        Assert.Equal("I like grüße, 世界 🍺.", append.Text);
    }

    [Fact]
    public void Client_command_needs_no_assembly_of_the_actor_system()
    {
        using var server = ScriptedServer.Committing();
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Append(Run.RuntimeFile)
            .Where(file => Path.GetFileName(file).Split('.')[0] is "raft" or "RaftActors" or "System"))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        var run = Run.Shell($"dotnet {Path.Combine(folder.Path, "raft.dll")} append x -S {server.Id}");

        Assert.Equal((0, "committed, serial 1\n", ""), (run.Code, run.Output, run.Error));
    }

    [Theory]
    [InlineData("print")]
    [InlineData("count")]
    public void Print_and_count_append_the_message_of_their_name(string verb)
    {
        using var server = ScriptedServer.Committing();

        var run = Run.Here(verb, "-S", $"{server.Id}");

        Assert.Equal((0, "committed, serial 1\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(verb, Assert.IsType<Request.Append>(Assert.Single(server.Requests)).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("grüße, 世界 🍺 \u200b\t\u001b[2J")]
    [InlineData("@all")]
    [InlineData("[diagram]")]
    [InlineData("\"quoted\" \\ $HOME")]
    public void Text_arrives_unchanged(string text)
    {
        using var server = ScriptedServer.Committing();

        var run = Run.Here("append", text, "-S", $"{server.Id}");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(text, Assert.IsType<Request.Append>(Assert.Single(server.Requests)).Text);
    }

    [Fact]
    public void Redirect_is_printed_once_before_the_answer()
    {
        var leader = new ServerId("", 9991);
        using var server = new ScriptedServer(request =>
        [
            new Reply.Redirected(request.Number, leader),
            new Reply.Redirected(request.Number, leader),
            new Reply.Committed(request.Number, 4, WasThere: false),
        ]);

        var run = Run.Here("append", "x", "-S", $"{server.Id}");

        Assert.Equal((0, "redirect to leader: :9991\ncommitted, serial 4\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Exit_code_is_the_outcome_when_the_reader_of_the_output_has_gone()
    {
        using var server = new ScriptedServer(request =>
        [
            new Reply.Redirected(request.Number, new ServerId("", 9991)),
            new Reply.Refused(request.Number, "no leader is known"),
        ]);

        var run = Run.Shell($"dotnet {Run.ProgramFile} append x -S {server.Id} | true; exit ${{PIPESTATUS[0]}}");

        Assert.Equal((1, "raft: not committed: no leader is known; it is safe to append it again\n"), (run.Code, run.Error));
    }

    [Fact]
    public void Exit_code_is_the_outcome_when_standard_output_cannot_be_written()
    {
        using var server = ScriptedServer.Answering(request => ((Request.Append)request).Text == "fine"
            ? new Reply.Committed(request.Number, 4, WasThere: false)
            : new Reply.Refused(request.Number, "no"));

        var full = Run.Shell($"dotnet {Run.ProgramFile} append fine -S {server.Id} >/dev/full");
        var fullRefused = Run.Shell($"dotnet {Run.ProgramFile} append x --json -S {server.Id} >/dev/full");
        var broken = Run.Shell($"dotnet {Run.ProgramFile} append x --json -S {server.Id} | true; exit ${{PIPESTATUS[0]}}");
        var closed = Run.Shell($"dotnet {Run.ProgramFile} append fine -S {server.Id} >&-");

        const string lost = "raft: cannot write to standard output: No space left on device\n";
        Assert.Equal((0, lost), (full.Code, full.Error));
        Assert.Equal((1, lost), (fullRefused.Code, fullRefused.Error));
        Assert.Equal((1, ""), (broken.Code, broken.Error));
        Assert.Equal((0, ""), (closed.Code, closed.Error));
    }

    [Fact]
    public void Server_gets_less_time_than_the_client_has_left()
    {
        using var server = ScriptedServer.Committing();

        Run.Here("append", "x", "-S", $"{server.Id}", "--timeout", "60");

        var append = Assert.IsType<Request.Append>(Assert.Single(server.Requests));
        Assert.InRange(append.Timeout, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(59.75));
    }

    [Fact]
    public void Known_request_id_is_reported_as_committed_before()
    {
        using var server = ScriptedServer.Answering(request => new Reply.Committed(request.Number, 4, WasThere: true));

        var run = Run.Here("append", "x", "-S", $"{server.Id}", "--request-id", "invoice 4711");

        Assert.Equal((0, "committed before, serial 4\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal("invoice 4711", Assert.IsType<Request.Append>(Assert.Single(server.Requests)).RequestId);
    }

    [Fact]
    public void Refused_message_is_reported_as_not_committed()
    {
        using var server = ScriptedServer.Answering(request => new Reply.Refused(request.Number, "no leader is known"));

        var run = Run.Here("append", "x", "-S", $"{server.Id}");

        Assert.Equal(
            (1, "", "raft: not committed: no leader is known; it is safe to append it again\n"),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Ctrl_C_reports_the_open_append()
    {
        using var server = new ScriptedServer(request => [new Reply.Redirected(request.Number, new ServerId("", 9991))]);

        var run = Run.Interrupted("9991\n", "append", "x", "-S", $"{server.Id}", "--timeout", "3600", "--request-id", "one");

        Assert.Equal(
            (130, "raft: unknown whether it was committed: interrupted; to retry safely, append it again with --request-id one\n"),
            (run.Code, run.Error));
    }

    [Fact]
    public void Final_refusal_asks_no_other_server_and_suggests_no_retry()
    {
        using var first = ScriptedServer.Answering(
            request => new Reply.Refused(request.Number, "The request id x is taken.", IsFinal: true));
        using var second = ScriptedServer.Committing();

        var run = Run.Here(["append", "text", "-S", $"{first.Id},{second.Id}"]);

        Assert.Equal((1, "", "raft: not committed: the request id x is taken\n"), (run.Code, run.Output, run.Error));
        Assert.Empty(second.Requests);
    }

    [Fact]
    public void Each_answer_is_one_JSON_object()
    {
        using var server = new ScriptedServer(request =>
        [
            new Reply.Redirected(request.Number, new ServerId("", 9991)),
            new Reply.Committed(request.Number, 4, WasThere: true),
        ]);
        var dead = ScriptedServer.Dead();
        using var silent = ScriptedServer.Silent();
        string[] options = ["--request-id", "one", "--timeout", "2", "--json", "-S"];

        var committed = Run.Here(["append", "x", .. options, $"{server.Id}"]);
        var refused = Run.Here(["append", "x", .. options, $"{dead}"]);
        var unknown = Run.Here(["append", "x", .. options, $"{silent.Id}"]);

        Assert.Equal(
            (0, """
                {"kind":"redirect","leader":":9991"}
                {"kind":"append","requestId":"one","outcome":"committed","serial":4,"before":true}

                """, ""),
            (committed.Code, committed.Output, committed.Error));
        Assert.Equal(
            (1, $$"""
                {"kind":"append","requestId":"one","outcome":"not-committed","why":"cannot reach {{dead}}: connection refused"}

                """, ""),
            (refused.Code, refused.Output, refused.Error));
        Assert.Equal(
            (3, $$"""
                {"kind":"append","requestId":"one","outcome":"unknown","why":"{{silent.Id}} did not answer in time"}

                """, ""),
            (unknown.Code, unknown.Output, unknown.Error));
    }
}
