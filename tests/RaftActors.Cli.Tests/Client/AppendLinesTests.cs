using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft append -</c>: a message a line.</summary>
public sealed class AppendLinesTests
{
    [Fact]
    public void Thousand_lines_are_appended_in_order_with_an_answer_each()
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
    public void Reader_that_has_gone_does_not_keep_the_rest_from_being_appended()
    {
        using var server = ScriptedServer.Answering(request => ((Request.Append)request).Text == "300"
            ? new Reply.Refused(request.Number, "no")
            : new Reply.Committed(request.Number, request.Number, WasThere: false));

        var run = Run.Shell($"seq 1 300 | dotnet {Run.Program} append - -S {server.Id} | head -n 1; exit ${{PIPESTATUS[1]}}");

        Assert.Equal(
            (1, "committed, serial 1\n", "raft: line 300: not committed: no; it is safe to append it again\n"),
            (run.Code, run.Output, run.Error));
        Assert.Equal(300, server.Requests.Count);
    }

    [Fact]
    public void Refused_line_does_not_keep_the_others_from_being_appended()
    {
        using var server = ScriptedServer.Answering(request => ((Request.Append)request).Text == "3"
            ? new Reply.Refused(request.Number, "it is odd")
            : new Reply.Committed(request.Number, request.Number, WasThere: false));

        var run = Run.Typed("1\r\n2\r\n3\r\n4\r\n", "append", "-", "-S", $"{server.Id}");

        Assert.Equal(
            (1, "raft: line 3: not committed: it is odd; it is safe to append it again\n"),
            (run.Code, run.Error));
        Assert.Equal(["committed, serial 1", "committed, serial 2", "committed, serial 4"], run.Lines);
        Assert.Equal(["1", "2", "3", "4"], server.Requests.Cast<Request.Append>().Select(append => append.Text));
    }

    [Fact]
    public void Exit_code_is_that_of_the_worst_line()
    {
        using var server = new ScriptedServer(request => ((Request.Append)request).Text switch
        {
            "refused" => [new Reply.Refused(request.Number, "no")],
            "unknown" => [],
            _ => [new Reply.Committed(request.Number, 1, WasThere: false)],
        });

        string[] arguments = ["append", "-", "-S", $"{server.Id}", "--timeout", "2", "--request-id", "a"];
        var run = Run.Here("fine\nunknown\nrefused\nfine\n", arguments);

        Assert.Equal((3, 2), (run.Code, run.Lines.Count()));
        Assert.Contains(
            $"raft: line 2: unknown whether it was committed: {server.Id} did not answer in time; append it again with --request-id a-2,",
            run.Error);
        Assert.Contains("raft: line 3: not committed: no;", run.Error);
    }

    [Fact]
    public void Message_of_ten_megabytes_is_refused_and_the_line_behind_it_is_not()
    {
        using var server = ScriptedServer.Committing();

        var run = Run.Typed(new string('x', 10_000_000) + "\nfine", "append", "-", "-S", $"{server.Id}");

        Assert.Equal((1, "committed, serial 1\n"), (run.Code, run.Output));
        Assert.StartsWith($"raft: line 1: not committed: the message has more than {MessageLimits.TextBytesMax} bytes", run.Error);
        Assert.Equal("fine", Assert.IsType<Request.Append>(Assert.Single(server.Requests)).Text);
    }

    [Fact]
    public void Longest_message_there_is_arrives()
    {
        using var server = ScriptedServer.Committing();
        var longest = new string('\u0001', MessageLimits.TextBytesMax);

        var run = Run.Typed($"{longest}\n{longest}x\nü{longest[1..]}\n\n", "append", "-", "-S", $"{server.Id}");

        Assert.Equal((1, "committed, serial 1\ncommitted, serial 2\n"), (run.Code, run.Output));
        Assert.Equal([longest, ""], server.Requests.Cast<Request.Append>().Select(append => append.Text));
    }

    [Fact]
    public void Input_without_a_line_is_fine()
    {
        using var server = ScriptedServer.Committing();

        var run = Run.Typed("", "append", "-", "-S", $"{server.Id}");

        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Server_that_dies_in_the_middle_costs_no_line()
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

        var run = Run.Typed(input, "append", "-", "-S", $"{dying.Id},{next.Id}", "--timeout", "60");

        Assert.Equal((0, "", 200), (run.Code, run.Error, run.Lines.Count()));

        // The last replies of a server that dies may be lost with the connection; their lines are asked again.
        var asked = next.Requests.Cast<Request.Append>().Select(append => int.Parse(append.Text)).Distinct().Order().ToArray();
        Assert.InRange(asked[0], 1, 10);
        Assert.Equal(Enumerable.Range(asked[0], 201 - asked[0]), asked);
    }

    [Fact]
    public void Interrupted_input_says_which_lines_are_open()
    {
        using var server = new ScriptedServer(request => ((Request.Append)request).Text == "answered"
            ? [new Reply.Committed(request.Number, 1, WasThere: false)]
            : [new Reply.Redirected(request.Number, new ServerId("", 9991))]);
        string[] arguments = ["append", "-", "-S", $"{server.Id}", "--timeout", "3600", "--request-id", "a"];

        var run = Run.Interrupted("answered\nopen\n", "9991\n", arguments);

        Assert.Equal(
            (130, """
                raft: line 2: unknown whether it was committed: interrupted; append it again with --request-id a-2, which never duplicates
                raft: interrupted; nothing was sent of what stands behind line 2

                """),
            (run.Code, run.Error));
    }
}
