using System.Buffers;
using System.IO.Pipelines;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft append -</c>: appends each line as a message.</summary>
public sealed class AppendLinesTests : ServerProgramTest
{
    [Fact]
    public void Thousand_lines_are_appended_and_answered_in_order()
    {
        var group = new FakeGroup();
        var lines = Enumerable.Range(1, 1000).Select(number => $"message {number}").ToArray();

        var run = Run.Here(string.Join('\n', lines), ["append", "-", "--request-id", "import"], group);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(Enumerable.Range(1, 1000).Select(serial => $"committed, serial {serial}"), run.Lines);
        Assert.Equal(lines, group.Appends.Select(append => append.Text));
        Assert.Equal(Enumerable.Range(1, 1000).Select(line => $"import-{line}"), group.Appends.Select(append => append.Id));
    }

    [Fact]
    public async Task All_lines_are_appended_when_the_reader_of_the_output_has_gone()
    {
        var port = FreePorts.Next();
        await StartAlone(port);

        var run = Run.Shell($"(seq 1 299; head -c 1048577 /dev/zero | tr '\\0' x; echo) "
            + $"| dotnet {Run.ProgramFile} append - -S :{port} | head -n 1; exit ${{PIPESTATUS[1]}}");

        Assert.Equal((1, "committed, serial 1\n"), (run.Code, run.Output));
        Assert.StartsWith("raft: line 300: not committed: the message has more than", run.Error);
        Assert.Equal(299, Run.Here("print", "--here", "-S", $":{port}").Lines.Count());
    }

    [Fact]
    public void Lines_after_a_refused_line_are_appended()
    {
        var serial = 0;
        var group = new FakeGroup
        {
            OnAppend = (key, text) => text == "3"
                ? FakeGroup.NotCommitted("it is odd")
                : FakeGroup.Committed(++serial, key.Attempt, text),
        };

        var run = Run.Here("1\r\n2\r\n3\r\n4\r\n", ["append", "-"], group);

        Assert.Equal(
            (1, "raft: line 3: not committed: it is odd; it is safe to append it again\n"),
            (run.Code, run.Error));
        Assert.Equal(["committed, serial 1", "committed, serial 2", "committed, serial 3"], run.Lines);
        Assert.Equal(["1", "2", "3", "4"], group.Appends.Select(append => append.Text));
    }

    [Fact]
    public void Exit_code_is_the_highest_of_all_lines()
    {
        var group = new FakeGroup
        {
            OnAppend = (key, text) => text switch
            {
                "refused" => FakeGroup.NotCommitted("no"),
                "unknown" => RaftFailure.Unknown(FailureReason.TimedOut).ToOutcome<string>(),
                _ => FakeGroup.Committed(1, key.Attempt, text),
            },
        };

        var run = Run.Here("fine\nunknown\nrefused\nfine\n", ["append", "-", "--request-id", "a"], group);

        Assert.Equal((3, 2), (run.Code, run.Lines.Count()));
        Assert.Contains(
            "raft: line 2: unknown whether it was committed: the time is up, and the request may have reached a leader; "
                + "to retry safely, append it again with --request-id a-2",
            run.Error);
        Assert.Contains("raft: line 3: not committed: no;", run.Error);
    }

    [Fact]
    public void Line_after_a_message_of_ten_megabytes_is_appended()
    {
        var group = new FakeGroup();

        var run = Run.Here(new string('x', 10_000_000) + "\nfine", ["append", "-"], group);

        Assert.Equal((1, "committed, serial 1\n"), (run.Code, run.Output));
        Assert.StartsWith($"raft: line 1: not committed: the message has more than {MessageLimits.TextBytesMax} bytes", run.Error);
        Assert.Equal("fine", Assert.Single(group.Appends).Text);
    }

    // .NET would replace the byte of Latin-1 by U+FFFD, which is another message.
    [Fact]
    public async Task Line_that_is_not_UTF8_is_refused_with_its_number_and_the_others_are_appended()
    {
        var port = FreePorts.Next();
        await StartAlone(port);

        var run = Run.Shell($"printf 'B\\303\\244r\\nB\\344r\\n\\357\\277\\275' | dotnet {Run.ProgramFile} append - -S :{port}");

        Assert.Equal((1, "committed, serial 1\ncommitted, serial 2\n"), (run.Code, run.Output));
        Assert.Equal(
            "raft: line 2: not committed: the line is not valid UTF-8 from its byte 2 on, 0xE4. Write it in UTF-8, which iconv does\n",
            run.Error);
        Assert.Equal(["1  Bär", "2  \ufffd"], Run.Here("print", "--here", "-S", $":{port}").Lines);
    }

    [Fact]
    public void Message_of_the_largest_size_is_appended()
    {
        var group = new FakeGroup();
        var longest = new string('\u0001', MessageLimits.TextBytesMax);

        var run = Run.Here($"{longest}\r\n{longest}x\nü{longest[1..]}\n\n", ["append", "-"], group);

        Assert.Equal((1, "committed, serial 1\ncommitted, serial 2\n"), (run.Code, run.Output));
        Assert.Equal([longest, ""], group.Appends.Select(append => append.Text));
    }

    [Fact]
    public void Last_line_needs_no_end()
    {
        var group = new FakeGroup();

        Assert.Equal(0, Run.Here("one\n2", ["append", "-"], group).Code);

        Assert.Equal(["one", "2"], group.Appends.Select(append => append.Text));
    }

    [Fact]
    public void Empty_input_appends_nothing_and_succeeds()
    {
        var run = Run.Here("", ["append", "-"], new FakeGroup());

        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Input_that_cannot_be_read_to_its_end_is_a_failure_after_the_lines_before()
    {
        var input = new Pipe();
        var group = new FakeGroup
        {
            OnAppend = (key, text) =>
            {
                input.Writer.Complete(new IOException("The disk is broken."));
                return FakeGroup.Committed(1, key.Attempt, text);
            },
        };
        input.Writer.Write("one\ntw"u8);
        _ = input.Writer.FlushAsync();

        var run = Run.Here(input.Reader.AsStream(), ["append", "-"], group);

        Assert.Equal((1, "committed, serial 1\n", "raft: The disk is broken.\n"), (run.Code, run.Output, run.Error));
        Assert.Equal("one", Assert.Single(group.Appends).Text);
    }

    [Fact]
    public void No_line_after_Ctrl_C_is_read_or_counted()
    {
        using CancellationTokenSource interrupt = new();
        var serial = 0;
        var group = new FakeGroup
        {
            OnAppend = (key, text) =>
            {
                if (++serial == 3)
                {
                    interrupt.Cancel();
                }

                return FakeGroup.Committed(serial, key.Attempt, text);
            },
        };
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 100).Select(line => $"{line}\n"))));
        using StringWriter output = new(), error = new();
        using var client = group.RunSettings.Open(interrupt.Token);

        GroupRun run = new(new CommandEnvironment(() => input, output, error), group.RunSettings, client);

        var code = new AppendLines(run, "import").Run();

        Assert.Equal(
            (130, "raft: interrupted: no line after line 3 was sent; begin again after it\n", 3),
            (code, error.ToString(), group.Appends.Count));
    }

    [Fact]
    public async Task Ctrl_C_reports_the_last_line_that_was_sent()
    {
        var port = FreePorts.Next();
        await StartAlone(port);
        string[] arguments = ["append", "-", "-S", $":{port}", "--timeout", "3600"];

        var run = Run.Interrupted("answered\n", "serial 1\n", arguments);

        Assert.Equal((130, "raft: interrupted: no line after line 1 was sent; begin again after it\n"), (run.Code, run.Error));
    }
}
