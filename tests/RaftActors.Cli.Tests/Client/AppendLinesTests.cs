using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft append -</c>: appends each line as a message.</summary>
public sealed class AppendLinesTests
{
    [Fact]
    public void Thousand_lines_are_appended_and_answered_in_order()
    {
        using var server = ScriptedServer.Committing();
        var lines = Enumerable.Range(1, 1000).Select(number => $"message {number}").ToArray();

        var run = Run.Typed(string.Join('\n', lines), "append", "-", "-S", $"{server.Id}", "--request-id", "import");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(Enumerable.Range(1, 1000).Select(serial => $"committed, serial {serial}"), run.Lines);
        var appends = server.Requests.Cast<Request.Append>().ToArray();
        Assert.Equal(lines, appends.Select(append => append.Text));
        Assert.Equal(Enumerable.Range(1, 1000).Select(line => $"import-{line}"), appends.Select(append => append.RequestId));
    }

    [Fact]
    public void All_lines_are_appended_when_the_reader_of_the_output_has_gone()
    {
        using var server = ScriptedServer.Answering(request => ((Request.Append)request).Text == "300"
            ? new Reply.Refused(request.Number, "no")
            : new Reply.Committed(request.Number, request.Number, WasThere: false));

        var run = Run.Shell($"seq 1 300 | dotnet {Run.ProgramFile} append - -S {server.Id} | head -n 1; exit ${{PIPESTATUS[1]}}");

        Assert.Equal(
            (1, "committed, serial 1\n", "raft: line 300: not committed: no; it is safe to append it again\n"),
            (run.Code, run.Output, run.Error));
        Assert.Equal(300, server.Requests.Count);
    }

    [Fact]
    public void Lines_after_a_refused_line_are_appended()
    {
        using var server = ScriptedServer.Answering(request => ((Request.Append)request).Text == "3"
            ? new Reply.Refused(request.Number, "it is odd")
            : new Reply.Committed(request.Number, request.Number, WasThere: false));

        var run = Run.Here("1\r\n2\r\n3\r\n4\r\n", ["append", "-", "-S", $"{server.Id}"]);

        Assert.Equal(
            (1, "raft: line 3: not committed: it is odd; it is safe to append it again\n"),
            (run.Code, run.Error));
        Assert.Equal(["committed, serial 1", "committed, serial 2", "committed, serial 4"], run.Lines);
        Assert.Equal(["1", "2", "3", "4"], server.Requests.Cast<Request.Append>().Select(append => append.Text));
    }

    [Fact]
    public void Exit_code_is_the_highest_of_all_lines()
    {
        using var server = new ScriptedServer(request => ((Request.Append)request).Text switch
        {
            "refused" => [new Reply.Refused(request.Number, "no")],
            "unknown" => [],
            _ => [new Reply.Committed(request.Number, 1, WasThere: false)],
        });

        string[] arguments = ["append", "-", "-S", $"{server.Id}", "--timeout", "5", "--request-id", "a"];
        var run = Run.Here("fine\nunknown\nrefused\nfine\n", arguments);

        Assert.Equal((3, 2), (run.Code, run.Lines.Count()));
        Assert.Contains(
            $"raft: line 2: unknown whether it was committed: {server.Id} did not answer in time; "
                + "to retry safely, append it again with --request-id a-2",
            run.Error);
        Assert.Contains("raft: line 3: not committed: no;", run.Error);
    }

    [Fact]
    public void Line_after_a_message_of_ten_megabytes_is_appended()
    {
        using var server = ScriptedServer.Committing();

        var run = Run.Here(new string('x', 10_000_000) + "\nfine", ["append", "-", "-S", $"{server.Id}"]);

        Assert.Equal((1, "committed, serial 1\n"), (run.Code, run.Output));
        Assert.StartsWith($"raft: line 1: not committed: the message has more than {MessageLimits.TextBytesMax} bytes", run.Error);
        Assert.Equal("fine", Assert.IsType<Request.Append>(Assert.Single(server.Requests)).Text);
    }

    [Fact]
    public void Message_of_the_largest_size_is_appended()
    {
        using var server = ScriptedServer.Committing();
        var longest = new string('\u0001', MessageLimits.TextBytesMax);

        var run = Run.Here($"{longest}\n{longest}x\nü{longest[1..]}\n\n", ["append", "-", "-S", $"{server.Id}"]);

        Assert.Equal((1, "committed, serial 1\ncommitted, serial 2\n"), (run.Code, run.Output));
        Assert.Equal([longest, ""], server.Requests.Cast<Request.Append>().Select(append => append.Text));
    }

    [Fact]
    public void Empty_input_appends_nothing_and_succeeds()
    {
        using var server = ScriptedServer.Committing();

        var run = Run.Here("", ["append", "-", "-S", $"{server.Id}"]);

        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void No_line_is_lost_when_a_server_dies_in_the_middle()
    {
        ScriptedServer? dying = null;
        var count = 0;
        dying = new ScriptedServer(request =>
        {
            if (++count == 10)
            {
                dying!.Dispose();
            }

            return count < 10 ? [new Reply.Committed(request.Number, count, WasThere: false)] : [];
        });
        using var next = ScriptedServer.Committing();
        var input = string.Concat(Enumerable.Range(1, 200).Select(number => $"{number}\n"));

        var run = Run.Here(input, ["append", "-", "-S", $"{dying.Id},{next.Id}", "--timeout", "60"]);

        Assert.Equal((0, "", 200), (run.Code, run.Error, run.Lines.Count()));

        // The last replies of a dying server may be lost with the connection. The client sends those lines again.
        var asked = next.Requests.Cast<Request.Append>().Select(append => int.Parse(append.Text)).Distinct().Order().ToArray();
        Assert.InRange(asked[0], 1, 10);
        Assert.Equal(Enumerable.Range(asked[0], 201 - asked[0]), asked);
    }

    [Fact]
    public void Ctrl_C_reports_the_open_lines()
    {
        using var server = new ScriptedServer(request => ((Request.Append)request).Text == "answered"
            ? [new Reply.Committed(request.Number, 1, WasThere: false)]
            : [new Reply.Redirected(request.Number, new ServerId("", 9991))]);
        string[] arguments = ["append", "-", "-S", $"{server.Id}", "--timeout", "3600", "--request-id", "a"];

        var run = Run.Interrupted("answered\nopen\n", "9991\n", arguments);

        Assert.Equal(
            (130, """
                raft: line 2: unknown whether it was committed: interrupted; to retry safely, append it again with --request-id a-2
                raft: interrupted: no line after line 2 was sent

                """),
            (run.Code, run.Error));
    }
}
