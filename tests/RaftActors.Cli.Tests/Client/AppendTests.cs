namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft append</c>, <c>print</c> and <c>count</c>: how each kind of outcome is reported.</summary>
public sealed class AppendTests : ServerProgramTest
{
    [Fact]
    public void Serial_of_the_appended_message_is_printed()
    {
        var group = new FakeGroup { OnAppend = (key, text) => FakeGroup.Committed(4, key.Attempt, text) };

        var run = Run.Here(group, "append", "I like grüße, 世界 🍺.");

        Assert.Equal((0, "committed, serial 4\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal("I like grüße, 世界 🍺.", Assert.Single(group.Appends).Text);
    }

    [Theory]
    [InlineData("print")]
    [InlineData("count")]
    public void Print_and_count_append_the_message_of_their_name(string verb)
    {
        var group = new FakeGroup();

        var run = Run.Here(group, verb);

        Assert.Equal((0, "committed, serial 1\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(verb, Assert.Single(group.Appends).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("grüße, 世界 🍺 \u200b\t\u001b[2J")]
    [InlineData("@all")]
    [InlineData("[diagram]")]
    [InlineData("\"quoted\" \\ $HOME")]
    public void Text_arrives_unchanged(string text)
    {
        var group = new FakeGroup();

        var run = Run.Here(group, "append", text);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(text, Assert.Single(group.Appends).Text);
    }

    // .NET replaces such a byte by U+FFFD, which is another message.
    [Fact]
    public void Argument_that_is_not_UTF8_is_a_wrong_command_and_the_character_that_replaces_it_is_not()
    {
        var refused = Run.Shell($"dotnet {Run.ProgramFile} append $'B\\344r' -S :9990");
        var taken = Run.Shell($"dotnet {Run.ProgramFile} append $'\\357\\277\\275' --help");

        Assert.Equal((2, ""), (refused.Code, refused.Output));
        Assert.StartsWith("raft: an argument is not valid UTF-8: write it in UTF-8", refused.Error);
        Assert.Equal((0, ""), (taken.Code, taken.Error));
    }

    [Fact]
    public async Task Exit_code_is_the_outcome_when_standard_output_cannot_be_written()
    {
        var port = FreePorts.Next();
        await StartAlone(port);
        var append = $"dotnet {Run.ProgramFile} append --request-id one -S :{port}";

        var full = Run.Shell($"{append} fine >/dev/full");
        var fullRefused = Run.Shell($"{append} other --json >/dev/full");
        var broken = Run.Shell($"{append} other --json | true; exit ${{PIPESTATUS[0]}}");
        var closed = Run.Shell($"{append} fine >&-");

        const string lost = "raft: cannot write to standard output: No space left on device\n";
        Assert.Equal((0, lost), (full.Code, full.Error));
        Assert.Equal((1, lost), (fullRefused.Code, fullRefused.Error));
        Assert.Equal((1, ""), (broken.Code, broken.Error));
        Assert.Equal((0, ""), (closed.Code, closed.Error));
    }

    // More runs than the group remembers clients may have come between two attempts. The servers apply an id once.
    [Fact]
    public void Message_of_a_run_that_the_group_has_forgotten_is_appended_again_under_its_id()
    {
        var attempts = 0;
        var group = new FakeGroup
        {
            OnAppend = (key, text) => ++attempts == 1
                ? RaftFailure.Unknown(FailureReason.Forgotten).ToOutcome<string>()
                : FakeGroup.Committed(4, key.Attempt, text),
        };

        var run = Run.Here(group, "append", "x", "--request-id", "one");

        Assert.Equal((0, "committed, serial 4\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal([("one", "x"), ("one", "x")], group.Appends);
    }

    [Theory]
    [InlineData("invoice 4711", "committed before, serial 4\n")]
    [InlineData(null, "committed, serial 4\n")]
    public void Message_of_an_earlier_run_is_reported_as_committed_before(string? id, string said)
    {
        var group = new FakeGroup { OnAppend = (_, text) => FakeGroup.Committed(4, "another", text) };

        var run = Run.Here(group, ["append", "x", .. id is null ? (string[])[] : ["--request-id", id]]);

        // A generated id can only be in the log through an earlier attempt of this run.
        Assert.Equal((0, said, ""), (run.Code, run.Output, run.Error));
        Assert.Equal(id ?? group.Appends.Single().Id, Assert.Single(group.Appends).Id);
    }

    [Fact]
    public void Message_whose_result_is_forgotten_is_reported_with_the_serial_of_its_pair()
    {
        var group = new FakeGroup { OnAppend = (_, _) => new Outcome<string> { Serial = new Serial(4) } };

        var run = Run.Here(group, "append", "x", "--request-id", "one");

        Assert.Equal((0, "committed before, serial 4\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Request_id_of_another_message_is_refused_without_advice_to_retry()
    {
        var group = new FakeGroup { OnAppend = (_, _) => FakeGroup.Committed(4, "another", "other text") };

        var run = Run.Here(group, "append", "x", "--request-id", "one");

        Assert.Equal(
            (1, "", "raft: not committed: the request id one was used for another message. Use another --request-id, or leave it out\n"),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Refused_message_is_reported_as_not_committed()
    {
        var group = new FakeGroup { OnAppend = (_, _) => FakeGroup.NotCommitted("No leader is known to raft@:9990.") };

        var run = Run.Here(group, "append", "x");

        Assert.Equal(
            (1, "", "raft: not committed: no leader is known to :9990; it is safe to append it again\n"),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_outcome_of_an_open_append_unknown()
    {
        var group = new FakeGroup { OnAppend = (_, _) => null };
        using var interruption = new CancellationTokenSource();
        using var client = group.RunSettings.Open(interruption.Token);

        var outcome = new Appender(client, group.RunSettings.Timeout, "one").AppendAsync("x", "one");
        await interruption.CancelAsync();

        Assert.Equal(new RequestOutcome.Unknown("interrupted"), await outcome);
    }

    [Fact]
    public void Each_outcome_is_one_JSON_object()
    {
        string[] append = ["append", "x", "--request-id", "one", "--json"];

        var committed = Run.Here(new FakeGroup { OnAppend = (_, text) => FakeGroup.Committed(4, "another", text) }, append);
        var refused = Run.Here(new FakeGroup { OnAppend = (_, _) => FakeGroup.NotCommitted("no") }, append);
        var unknown = Run.Here(new FakeGroup { OnAppend = (_, _) => null }, [.. append, "--timeout", "1ms"]);

        Assert.Equal(
            (0, """{"kind":"append","requestId":"one","outcome":"committed","serial":4,"before":true}""" + "\n", ""),
            (committed.Code, committed.Output, committed.Error));
        Assert.Equal(
            (1, """{"kind":"append","requestId":"one","outcome":"not-committed","why":"no"}""" + "\n", ""),
            (refused.Code, refused.Output, refused.Error));
        Assert.Equal(
            (3, """
                {"kind":"append","requestId":"one","outcome":"unknown","why":"The time is up, and the request may have reached a leader."}

                """, ""),
            (unknown.Code, unknown.Output, unknown.Error));
    }

    [Fact]
    public async Task Leader_that_the_command_does_not_name_is_told_as_a_JSON_object()
    {
        var ports = FreePorts.Take(2);
        await StartGroup(ports);
        using var client = new TestClient();
        var leader = await client.LeaderOf(ports[0]);

        var run = Run.Here("append", "x", "--json", "-S", $":{ports.Single(port => port != leader)}");

        Assert.Equal((0, $$"""{"kind":"redirect","leader":":{{leader}}"}"""), (run.Code, run.Lines.First()));
    }
}
