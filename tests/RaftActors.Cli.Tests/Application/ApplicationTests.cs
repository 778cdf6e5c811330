using RaftActors.Cli.Tests.Client;

namespace RaftActors.Cli.Tests.Application;

/// <summary>Commands to a running group of a user's application, which the nodes of <c>--contacts</c> host.</summary>
public sealed class ApplicationTests(OrdersFixture fixture) : IClassFixture<OrdersFixture>
{
    private readonly OrdersGroup _group = fixture.Group;

    private string[] Target => ["--contacts", _group.Contacts[0], "--group", "orders"];

    private IEnumerable<string> Names => _group.Names.Select(name => name.Value);

    [Fact]
    public void Status_shows_each_process_by_its_name_with_its_address()
    {
        var run = Ask("status");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith("PROCESS ", run.Output);
        var rows = run.Lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(Names.Order(StringComparer.Ordinal), rows.Select(row => row[0]));
        Assert.Single(rows, row => row[1] == "leader");
        Assert.All(rows, row => Assert.Equal(("yes", row[0]["orders@".Length..]), (row[2], row[7])));
    }

    [Fact]
    public void JSON_of_the_status_names_processes()
    {
        var run = Ask("status", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var processes = run.Objects.Where(each => Text(each, "kind") == "process").ToArray();
        Assert.Equal(Names.Order(StringComparer.Ordinal), processes.Select(each => Text(each, "process")));
        var group = run.Objects.Single(each => Text(each, "kind") == "group");
        Assert.Equal((3, true), (group.GetProperty("processes").GetInt32(), group.GetProperty("healthy").GetBoolean()));
        Assert.Contains(Text(group, "leader"), Names);
    }

    [Fact]
    public void Contact_that_is_down_costs_no_answer_of_the_others()
    {
        var run = Run.Here(
            "members", "list", "--contacts", $"127.0.0.1:{FakeGroup.Dead().Port},{_group.Contacts[1]}", "--group", "orders");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.All(Names, name => Assert.Contains(run.Lines, line => line.StartsWith($"{name}  voter")));
        Assert.Single(run.Lines, line => line.EndsWith("  leader"));
    }

    [Fact]
    public void Command_ends_at_once_when_no_node_listens_at_the_only_contact()
    {
        var contact = $"127.0.0.1:{FakeGroup.Dead().Port}";

        var run = Run.Here("status", "--contacts", contact, "--group", "orders", "--timeout", "24h");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith($"raft: cannot reach {contact}: connection refused", run.Error);
        Assert.Contains("--port-offset", run.Error);
    }

    [Fact]
    public void Backup_of_an_application_is_written_and_verified()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("backup").FullName, "orders.backup");

        var run = Ask("backup", file, "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal("orders", Text(run.Objects.Single(), "group"));
        Assert.Equal(run.Output, Run.Here("verify", file, "--json").Output);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true); // Justification: the file is in a folder.
    }

    [Fact]
    public void Snapshots_of_an_application_that_takes_none_are_refused_by_each_process()
    {
        var run = Ask("snapshot");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.All(Names, name => Assert.Contains(
            $"raft: {name}: the actor of {name} takes no snapshots: it does not implement IRaftSnapshot<TState>\n", run.Error));
    }

    [Fact]
    public void Leadership_is_transferred_to_a_named_process()
    {
        var name = Text(Ask("members", "list", "--json").Objects.First(each => !each.GetProperty("leads").GetBoolean()), "process");

        var run = Ask("transfer", "--to", name!);

        Assert.Equal((0, $"{name} leads\n", ""), (run.Code, run.Output, run.Error));
        Assert.Contains($"{name}  voter  leader", Ask("members", "list").Lines);
    }

    [Fact]
    public void Process_is_removed_and_added_again_by_its_name()
    {
        var name = _group.Names[2].Value;

        var removed = Ask("members", "remove", name);
        while (!Ask("status").Lines.Any(line => line.StartsWith(name) && line.Contains("not a member") && line.EndsWith(
            $"run 'raft members add {name} --contacts {_group.Contacts[0]} --group orders'")))
        {
            // The removed process may not have heard of it yet.
        }

        var added = Ask("members", "add", name);
        var again = Ask("members", "add", name, "--json");

        Assert.Equal((0, $"removed {name}\n", ""), (removed.Code, removed.Output, removed.Error));
        Assert.Equal((0, $"added {name}\n", ""), (added.Code, added.Output, added.Error));
        while (Ask("members", "list").Lines.Any(line => line.Contains("learner")))
        {
            // The others of the class expect three voters.
        }

        Assert.Equal(1, again.Code);
        Assert.Equal(
            ("member-added", name, "not-done"), (Text(again.Objects.Single(), "kind"), Text(again.Objects.Single(), "process"),
                Text(again.Objects.Single(), "outcome")));
    }

    [Fact]
    public void Maximum_of_the_quorum_is_set()
    {
        var run = Ask("members", "quorum", "5");

        Assert.Equal((0, "at most 5 vote\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Named_process_explains_itself_and_otherwise_the_leader_does()
    {
        var name = _group.Names[1].Value;

        var (named, leader) = (Ask("explain", name), Ask("explain", "--json"));

        Assert.Equal((0, ""), (named.Code, named.Error));
        Assert.StartsWith($"{name} of orders: ", named.Output);
        Assert.Contains(Text(leader.Objects.Single(), "process"), Names);
    }

    [Theory]
    [InlineData("lock", "list")]
    [InlineData("item", "put", "a", "b")]
    public void Group_that_is_no_coordination_has_no_locks_and_items(params string[] command)
    {
        var run = Ask(command);

        Assert.Equal(
            (1, "", "raft: group 'orders' is no coordination: leave out --group, or name that group\n"), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Tail_prints_the_latest_pairs_with_their_first_bytes()
    {
        var run = Ask("log", "tail", "--limit", "2");
        var all = Ask("log", "tail", "--after", "0", "--limit", "2");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(["4  TIME  \"order-4\" = 8 bytes: 4 beers", "5  TIME  \"order-5\" = 8 bytes: 5 beers"], Times.Without(run.Lines));
        Assert.Equal(["1  TIME  \"order-1\" = 8 bytes: 1 beers", "2  TIME  \"order-2\" = 8 bytes: 2 beers"], Times.Without(all.Lines));
    }

    [Fact]
    public void Tail_without_pairs_prints_nothing()
    {
        var run = Ask("log", "tail", "--after", "5", "--json");

        Assert.Equal((0, "", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void JSON_of_a_tail_has_an_object_for_each_pair()
    {
        var run = Ask("log", "tail", "--after", "2", "--limit", "1", "--json");

        Assert.Equal(
            (0, """{"kind":"pair","serial":3,"time":"TIME","key":"order-3","size":8,"preview":"3 beers"}""" + "\n"),
            (run.Code, Times.Without(run.Output)));
    }

    [Fact]
    public void Followed_tail_ends_by_Ctrl_C()
    {
        var run = Run.Interrupted("5 beers\n", ["log", "tail", "--follow", "--limit", "2", .. Target]);

        Assert.Equal((130, ""), (run.Code, run.Error));
        Assert.Equal(2, run.Lines.Count());
    }

    [Fact]
    public void Top_prints_a_table_for_each_period()
    {
        var run = Ask("top", "--count", "2", "--interval", "10ms");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var tables = run.Output.Split("\n\n");
        Assert.Equal(2, tables.Length);
        foreach (var table in tables)
        {
            Assert.StartsWith("PROCESS ", table);
            Assert.All(Names, name => Assert.Matches($"(?m)^{name}  (leader|follower) .* 5 +5 +0 .* ms$", table));
        }
    }

    [Fact]
    public void JSON_of_top_has_the_commit_rate_from_the_second_sample_on()
    {
        var run = Ask("top", "--count", "2", "--interval", "10ms", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(6, run.Objects.Count());
        Assert.All(run.Objects.Take(3), each => Assert.False(each.TryGetProperty("commitsPerSecond", out _)));
        Assert.All(run.Objects.Skip(3), each => Assert.Equal(
            (5, 0, 0), (each.GetProperty("committed").GetInt32(), each.GetProperty("lag").GetInt32(),
                each.GetProperty("commitsPerSecond").GetInt32())));
    }

    [Fact]
    public void Check_finds_nothing_wrong_with_a_group_that_works()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);

        var run = Ask("check", "--data", folder["data"]);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains(run.Lines, line => line.StartsWith("OK    group: ") && line.Contains("; 3 of 3 members of the group "));
        Assert.Contains(run.Lines, line => line.StartsWith("OK    group: the version is RaftActors "));
        Assert.Contains("OK    group: 20 settings are the same on all nodes", run.Lines);
        Assert.Contains(run.Lines, line => line.StartsWith("OK    group: the clocks of the nodes differ by at most "));
        Assert.All(Names, name => Assert.Contains(run.Lines, line => line.Contains($"{name}: ") && line.Contains("answers after")));
        Assert.Contains(run.Lines, line => line.Contains(" ms (p99) of 200"));
        Assert.EndsWith(", 0 FAIL", run.Lines.Last());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["data"]));
    }

    [Fact]
    public void Contacts_with_the_servers_of_this_program_are_refused()
    {
        var run = Ask("status", "-S", ":9990");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("raft: -S and --contacts are both given", run.Error);
    }

    private static string? Text(JsonElement each, string member) => each.GetProperty(member).GetString();

    private Run Ask(params string[] command) => Run.Here([.. command, .. Target]);
}
