using System.Diagnostics;

namespace RaftActors.Cli.Tests.Application;

/// <summary><c>raft top</c> without a group: all groups of all nodes of an application.</summary>
public sealed class AllGroupsTests
{
    private const string NotListening =
        @": no connection to 127\.0\.0\.1:\d+: connection refused; a node without raft actors listens nowhere$";

    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    [Fact]
    public void Groups_of_all_nodes_are_listed_and_those_with_problems_come_first()
    {
        using var nodes = new ShopNodes(3);
        nodes.Start("carts", 0, 1, 2);
        nodes.Start("bills", 0, 1, 2);
        nodes.Start("lonely", 1);
        WaitFor(nodes, groups => groups.Count == 3 && Leads(groups["carts"], 3) && Leads(groups["bills"], 3));

        var run = Top(nodes, "--count", "2", "--interval", "10ms");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var tables = run.Output.Split("\n\n");
        Assert.Equal(2, tables.Length);
        foreach (var table in tables)
        {
            var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(4, lines.Length);
            Assert.Equal(
                ["GROUP", "LEADER", "TERM", "MEMBERS", "COMMITTED", "LAG", "COMMITS/S", "SYNC", "NOTE"],
                lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            Assert.Matches("^lonely +none +0 +1/3 +0 +0 .*has members that do not answer: 2 \\(and 2 more\\)$", lines[1]);
            Assert.Matches(@"^bills +p@127\.0\.0\.1:\d+ +[1-9]\d* +3/3 +0 +0 *0?$", lines[2]);
            Assert.Matches(@"^carts +p@127\.0\.0\.1:\d+ +[1-9]\d* +3/3 +0 +0 *0?$", lines[3]);
        }

        var objects = Top(nodes, "--count", "1", "--json").Lines.ToArray();
        Assert.Equal(
            """{"kind":"group-sample","group":"lonely","term":0,"members":3,"answered":1,"committed":0,"lag":0,"problem":true,"""
            + "\"note\":\"has members that do not answer: 2 (and 2 more)\"}",
            objects[0]);
        var counts = nodes.Names.Select((name, node) => (name, node == 1 ? 3 : 2)).OrderBy(each => each.name, StringComparer.Ordinal);
        Assert.Equal(
            counts.Select(each => $$"""{"kind":"node-sample","node":"{{each.name}}","processes":{{each.Item2}}}"""), objects[3..]);
    }

    [Fact]
    public void Groups_without_their_process_on_a_stopped_node_say_so_and_the_node_is_named()
    {
        using var nodes = new ShopNodes(3);
        nodes.Start("carts", 0, 1, 2);
        WaitFor(nodes, groups => groups.Count == 1 && Leads(groups["carts"], 3));

        nodes.Stop(2);
        WaitFor(nodes, groups => Leads(groups["carts"], 2) && Text(groups["carts"], "leader") != $"p@{nodes.Names[2]}");
        var run = Top(nodes, "--count", "1", "--timeout", "30s");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var lines = run.Lines.ToArray();
        Assert.Matches(@"^carts +p@\S+ +\d+ +2/3 .* has members that do not answer: 1$", lines[1]);
        Assert.Matches($"^node {nodes.Names[2]}{NotListening}", lines[2]);
    }

    [Fact]
    public void Healthy_node_without_raft_actors_is_not_reported()
    {
        using var nodes = new ShopNodes(2);
        nodes.StartAlone("carts", 0);
        WaitFor(nodes, groups => groups.Count == 1 && Leads(groups["carts"], 1));

        var run = Top(nodes, "--count", "1");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches(@"\Acarts +p@\S+ +\d+ +1/1 .*\z", Assert.Single(run.Lines.Skip(1)));
    }

    [Fact]
    public void Status_of_a_group_that_does_not_exist_names_those_that_do()
    {
        using var nodes = new ShopNodes(1);
        nodes.StartAlone("default", 0);
        nodes.StartAlone("bills", 0);
        WaitFor(nodes, groups => groups.Count == 2);

        var run = Run.Here("status", "--contacts", nodes.Contacts[0], "--group", "stock", "--timeout", "5s");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal(
            "raft: group 'stock' did not answer. No node that answered has a process of group 'stock'; name one of the groups "
                + "there: bills, default\n",
            run.Error);
    }

    [Fact]
    public void Command_without_a_group_asks_the_only_one_and_otherwise_names_all()
    {
        using var nodes = new ShopNodes(1);
        nodes.StartAlone("stock", 0);
        WaitFor(nodes, groups => groups.Count == 1 && Leads(groups["stock"], 1));
        string[] status = ["status", "--contacts", nodes.Contacts[0]];

        var only = Run.Here(status);
        nodes.StartAlone("bills", 0);
        WaitFor(nodes, groups => groups.Count == 2);
        var several = Run.Here(status);

        Assert.Equal((0, ""), (only.Code, only.Error));
        Assert.StartsWith("PROCESS ", only.Output);
        Assert.Equal((1, ""), (several.Code, several.Output));
        Assert.Equal("raft: --group is missing: the nodes have 2 groups: bills, stock. Name one of them\n", several.Error);
    }

    [Fact]
    public void List_that_takes_several_messages_is_whole()
    {
        using var nodes = new ShopNodes(1);
        var groups = Enumerable.Range(10, 80).Select(number => $"{number}{new string('g', 990)}").ToArray();
        Array.ForEach(groups, group => nodes.Start(group, 0));

        WaitFor(nodes, found => found.Count == 80 && found.Values.All(group => Leads(group, 1)));
        var run = Top(nodes, "--count", "1", "--json");

        Assert.Equal(groups, run.Objects.Where(IsGroup).Select(group => Text(group, "group")));
    }

    [Fact]
    public void Contact_that_is_down_costs_no_answer_of_the_others()
    {
        using var nodes = new ShopNodes(1);
        nodes.Start("carts", 0);
        var contacts = $"127.0.0.1:{Client.FakeGroup.Dead().Port},{nodes.Contacts[0]}";

        Run run;
        do
        {
            run = Run.Here("top", "--contacts", contacts, "--count", "1", "--timeout", "20s");
        }
        while (!run.Lines.Any(line => line.StartsWith("carts  p@", StringComparison.Ordinal)));

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches(NotListening, run.Lines.Last());
    }

    [Fact]
    public void Contact_that_is_down_is_reported_when_no_other_one_answers()
    {
        var contact = $"127.0.0.1:{Client.FakeGroup.Dead().Port}";

        var run = Run.Here("top", "--contacts", contact, "--count", "1", "--timeout", "5s");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith($"raft: cannot reach {contact}: ", run.Error);
    }

    private static void WaitFor(ShopNodes nodes, Func<Dictionary<string, JsonElement>, bool> isReached)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isReached(Top(nodes, "--count", "1", "--json", "--timeout", "20s").Objects.Where(IsGroup)
            .ToDictionary(group => Text(group, "group"))))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < WaitMax, "The groups do not become as they should be.");
        }
    }

    private static bool IsGroup(JsonElement each) => Text(each, "kind") == "group-sample";

    private static bool Leads(JsonElement group, int answered) =>
        group.TryGetProperty("leader", out _) && group.GetProperty("answered").GetInt32() == answered;

    private static string Text(JsonElement each, string member) => each.GetProperty(member).GetString()!;

    private static Run Top(ShopNodes nodes, params string[] options) => Run.Here(["top", "--contacts", nodes.Contacts[0], .. options]);
}
