using RaftActors.Coordination;

namespace RaftActors.Cli.Tests.Application;

/// <summary><c>raft lock</c> and <c>raft session</c> with the coordination group of an application.</summary>
public sealed class LockTests(LockNodes nodes) : IClassFixture<LockNodes>
{
    private readonly CancellationTokenSource _end = new(Guard);

    [Fact]
    public async Task Next_program_gets_a_lock_that_is_broken_and_its_token_is_higher()
    {
        var held = await LockAsync(0, "report", text: "night shift");
        var next = LockAsync(1, "report");
        WaitFor("report", claims => claims.Count == 2);

        var run = nodes.Ask("lock", "break", "report", "--yes");

        var after = await next;
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Collection(
            run.Lines,
            line => Assert.Matches(
                $@"^'report' is held by {nodes.NameOf(0)} with token {held.Token}, session \d+ \(night shift\)\.$", line),
            line => Assert.Matches($@"^'report' is now held by {nodes.NameOf(1)} with token {after.Token}, session \d+$", line));
        Assert.True(held.Lost.IsCancellationRequested);
        Assert.False(held.IsHeld);
        Assert.True(after.IsHeld);
        Assert.True(after.Token > held.Token);
        await after.DisposeAsync();
    }

    [Fact]
    public async Task JSON_of_a_break_has_both_holders()
    {
        var held = await LockAsync(0, "json");
        var next = LockAsync(1, "json");
        WaitFor("json", claims => claims.Count == 2);

        var run = nodes.Ask("lock", "break", "json", "--yes", "--json");

        var (after, broken) = (await next, Assert.Single(run.Objects));
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(
            $"""
            "kind":"lock-broken","lock":"json","program":"{nodes.NameOf(0)}","session":N,"token":{held.Token},
            "nextProgram":"{nodes.NameOf(1)}","nextToken":{after.Token},"ms":N,"outcome":"done"
            """.ReplaceLineEndings(""),
            Numbers(broken, "session", "ms"));
        await after.DisposeAsync();
    }

    [Fact]
    public async Task Lock_that_no_other_program_waits_for_is_free_after_the_break()
    {
        var held = await LockAsync(2, "alone");

        var run = Run.Here("alone\n", ["lock", "break", "alone", "--contacts", nodes.Contacts[1]]);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.EndsWith("Type alone to continue: 'alone' is free\n", run.Output);
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Break_that_is_not_confirmed_changes_nothing()
    {
        await using var held = await LockAsync(0, "kept");

        var run = Run.Here("yes\n", ["lock", "break", "kept", "--contacts", nodes.Contacts[0]]);
        var json = nodes.Ask("lock", "break", "kept", "--json");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.EndsWith("Not confirmed; nothing was changed.\n", run.Output);
        Assert.Equal((2, ""), (json.Code, json.Output));
        Assert.StartsWith("raft: --json asks for no confirmation: add --yes", json.Error);
        Assert.True(held.IsHeld);
        Assert.Contains($"\"token\":{held.Token}", nodes.Ask("lock", "show", "kept", "--json").Output);
    }

    [Fact]
    public async Task Holder_that_does_not_stop_keeps_the_lock_until_its_session_is_ended()
    {
        using var stops = new ManualResetEventSlim();
        var held = await LockAsync(1, "stuck");
        using var registration = held.Lost.Register(stops.Wait);
        var next = LockAsync(2, "stuck");
        WaitFor("stuck", claims => claims.Count == 2);

        var broken = nodes.Ask("lock", "break", "stuck", "--yes", "--timeout", "6s");
        var isGranted = next.IsCompleted;
        var session = SessionOf("stuck");
        var ended = nodes.Ask("session", "end", $"{session}", "--yes");

        var after = await next;
        stops.Set();
        Assert.Equal(3, broken.Code);
        Assert.Equal(
            "raft: unknown whether the holder has released the lock: it was told, and holds the lock still; run 'raft lock show stuck' to "
            + "find out\n",
            broken.Error);
        Assert.False(isGranted);
        Assert.Equal((0, ""), (ended.Code, ended.Error));
        Assert.EndsWith($"session {session} is gone\n", ended.Output);
        Assert.True(after.Token > held.Token);
        Assert.DoesNotContain($"\"session\":{session},", nodes.Ask("session", "list", "--json").Output);
        await after.DisposeAsync();
    }

    [Fact]
    public async Task Ctrl_C_while_the_command_waits_says_how_to_find_out()
    {
        using var stops = new ManualResetEventSlim();
        var held = await LockAsync(1, "slow");
        using var registration = held.Lost.Register(stops.Wait);

        var run = Run.Interrupted($"session {SessionOf("slow")}.\n", "lock", "break", "slow", "--yes", "--contacts", nodes.Contacts[0]);

        Assert.Equal(130, run.Code);
        Assert.Matches("^raft: (unknown whether the holder has released the lock|not done): interrupted; ", run.Error);
        stops.Set();
    }

    [Fact]
    public async Task Ctrl_C_instead_of_a_confirmation_changes_nothing()
    {
        await using var held = await LockAsync(1, "asked");

        var run = Run.Interrupted("to continue: ", "lock", "break", "asked", "--contacts", nodes.Contacts[0]);

        Assert.Equal((130, ""), (run.Code, run.Error));
        Assert.True(held.IsHeld);
    }

    [Fact]
    public async Task Holder_of_a_semaphore_is_named_by_its_token()
    {
        var (one, two) = (await LockAsync(0, "pool", permits: 2), await LockAsync(1, "pool", permits: 2));

        var unnamed = nodes.Ask("lock", "break", "pool", "--yes");
        var strange = nodes.Ask("lock", "break", "pool", "--token", "1", "--yes");
        var done = nodes.Ask("lock", "break", "pool", "--token", $"{two.Token}", "--yes");

        Assert.All([unnamed, strange], run =>
        {
            Assert.Equal((1, ""), (run.Code, run.Output));
            Assert.StartsWith(
                $"raft: not done: name one of these holders by --token and --session: {nodes.NameOf(0)} with token {one.Token}, ",
                run.Error);
        });
        Assert.Equal((0, ""), (done.Code, done.Error));
        Assert.EndsWith("'pool' has a free permit\n", done.Output);
        Assert.Equal((true, false), (one.IsHeld, two.IsHeld));
        await one.DisposeAsync();
    }

    [Theory]
    [InlineData("show")]
    [InlineData("break")]
    public void Lock_that_no_program_holds_is_named_as_such(string verb)
    {
        var run = nodes.Ask("lock", verb, "nothing");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("no program holds 'nothing', as 'raft lock list' shows", run.Error);
    }

    [Fact]
    public void JSON_of_a_break_without_a_holder_says_why()
    {
        var run = nodes.Ask("lock", "break", "nothing", "--json", "--yes");

        Assert.Equal(1, run.Code);
        Assert.Equal(
            """{"kind":"lock-broken","lock":"nothing","outcome":"not-done","why":"no program holds 'nothing', as 'raft lock list' shows"}"""
            + "\n",
            run.Output);
    }

    [Fact]
    public async Task Locks_are_listed_with_their_first_holder_and_shown_with_all_claims()
    {
        await using var held = await LockAsync(0, "listed", text: "a text\u001b[31m");
        using var patience = new CancellationTokenSource();
        var waiting = nodes.Programs[1].LockAsync("listed", cancellationToken: patience.Token);
        WaitFor("listed", claims => claims.Count == 2);

        var (list, show) = (nodes.Ask("lock", "list"), nodes.Ask("lock", "show", "listed"));
        var objects = nodes.Ask("lock", "list", "--json").Objects.Where(each => Text(each, "lock") == "listed");
        var claims = nodes.Ask("lock", "show", "listed", "--json").Objects.ToList();

        Assert.Equal("LOCK PERMITS HOLDERS WAITING PROGRAM TOKEN", Words(list.Lines.First()));
        Assert.Contains($"listed 1 1 1 {nodes.NameOf(0)} {held.Token}", list.Lines.Select(Words));
        Assert.Collection(
            show.Lines.Select(Words),
            line => Assert.Equal("PART PROGRAM SESSION TOKEN TEXT", line),
            line => Assert.Matches($@"^holder {nodes.NameOf(0)} \d+ {held.Token} a text\\u001b\[31m$", line),
            line => Assert.Matches($@"^waiting {nodes.NameOf(1)} \d+$", line));
        Assert.Equal(
            $"""
            "kind":"lock","lock":"listed","permits":1,"holders":1,"waiting":1,"program":"{nodes.NameOf(0)}","token":{held.Token}
            """,
            Numbers(objects.Single()));
        Assert.Equal(
            $"""
            "kind":"claim","part":"waiting","program":"{nodes.NameOf(1)}","session":N
            """,
            Numbers(claims[1], "session"));
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Sessions_are_listed_with_the_time_that_is_left()
    {
        await using var held = await LockAsync(0, "of a session");

        var (list, json) = (nodes.Ask("session", "list"), nodes.Ask("session", "list", "--json"));

        Assert.Equal("SESSION PROGRAM CLAIMS TIMEOUT MS LEFT MS", Words(list.Lines.First()));
        Assert.Contains(list.Lines.Select(Words), line => line.Contains($" {nodes.NameOf(0)} ") && line.Contains(" 3000 "));
        var own = json.Objects.Single(each => Text(each, "program") == nodes.NameOf(0));
        Assert.Equal(3_000, own.GetProperty("timeoutMs").GetInt64());
        Assert.InRange(own.GetProperty("leftMs").GetInt64(), 1, 3_000);
    }

    [Fact]
    public void Session_that_does_not_exist_is_named_as_such()
    {
        var run = nodes.Ask("session", "end", "999999");

        Assert.Equal(
            (1, "", "raft: not done: there is no session 999999, as 'raft session list' shows; nothing was changed\n"),
            (run.Code, run.Output, run.Error));
    }

    // The list has 100 rows, in the order of the owners' names because no session is late. The other tests need a list with all sessions.
    [Fact]
    public async Task Session_that_a_long_list_leaves_out_can_be_ended()
    {
        using var crowded = new LockNodes();
        var json = RaftCodec.Json<Dictionary<string, JsonElement>>();
        await using var connection = new RaftConnection(crowded.Contacts);
        var group = connection.CreateClient("coordination", codec: json, resultCodec: json);
        var open = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"$":"open","Timeout":"01:00:00"}""")!;

        // This client cannot read the answers, because their type is internal. The number of a session is the serial of its pair.
        await Task.WhenAll(Enumerable.Range(1000, 101).Select(
            number => Assert.ThrowsAsync<InvalidOperationException>(() => group.AppendAsync($"x{number}", open, Guard))));
        var pairs = crowded.Ask("log", "tail", "--group", "coordination", "--limit", "1000", "--json").Objects;
        var last = pairs.Single(pair => Text(pair, "key") == "x1100").GetProperty("serial").GetInt64();

        var list = crowded.Ask("session", "list");
        var run = Run.Here("no\n", ["session", "end", $"{last}", "--contacts", crowded.Contacts[0]]);

        Assert.DoesNotContain(list.Lines, line => line.StartsWith($"{last} ", StringComparison.Ordinal));
        Assert.Equal(
            (1, $"The session is {last}.\nType {last} to continue: Not confirmed; nothing was changed.\n", ""),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Application_must_be_named_and_have_the_group()
    {
        var (unnamed, servers) = (Run.Here("lock", "list"), Run.Here("lock", "list", "-S", ":9990"));
        var other = nodes.Ask("lock", "list", "--group", "other", "--timeout", "5s");

        Assert.Equal((2, ""), (unnamed.Code, unnamed.Output));
        Assert.StartsWith("raft: --contacts is missing: name nodes of the application\n", unnamed.Error);
        Assert.Equal(2, servers.Code);
        Assert.Equal(
            (1, "", "raft: group 'other' did not answer. No node that answered has a process of group 'other'; name one of the groups "
                + "there: coordination\n"),
            (other.Code, other.Output, other.Error));
    }

    private Task<RaftLock> LockAsync(int node, string name, int permits = 1, string? text = null) =>
        nodes.Programs[node].LockAsync(name, permits, text, cancellationToken: _end.Token);

    private long SessionOf(string name) =>
        nodes.Ask("lock", "show", name, "--json").Objects.First().GetProperty("session").GetInt64();

    private void WaitFor(string name, Func<List<JsonElement>, bool> isReached)
    {
        while (!isReached([.. nodes.Ask("lock", "show", name, "--json").Objects]))
        {
        }
    }

    // The members of an object without its braces. The numbers that no test knows are N.
    private static string Numbers(JsonElement each, params string[] unknown) => string.Join(',', each.EnumerateObject().Select(member =>
        $"\"{member.Name}\":{(unknown.Contains(member.Name) ? "N" : member.Value.GetRawText())}"));

    private static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string? Text(JsonElement each, string member) => each.GetProperty(member).GetString();
}
