namespace RaftActors.Cli.Tests.Application;

/// <summary><c>raft members add --all</c> and <c>remove --all</c>: one node in all groups of an application.</summary>
public sealed class NodeMembersTests
{
    [Fact]
    public void Node_joins_all_of_its_groups_by_one_command_and_a_repeat_finishes_what_was_left()
    {
        using var nodes = new ShopNodes(2);
        var (old, newcomer) = (nodes.Names[0], nodes.Names[1]);
        string[] groups = ["bills", "carts", "stock"];
        Array.ForEach(groups, group => nodes.StartAlone(group, 0));
        nodes.StartJoining("bills", 1);
        nodes.StartJoining("carts", 1);
        WaitFor(nodes, 2, "members", "add", "--all", newcomer);

        nodes.StartJoining("stock", 1);
        WaitFor(nodes, 3, "members", "add", "--all", newcomer);
        var repeated = Run(nodes, "members", "add", "--all", newcomer);

        Assert.Equal((0, ""), (repeated.Code, repeated.Error));
        Assert.Equal(groups.Select(group => $"{group}: p@{newcomer} is a member already"), repeated.Lines);
        foreach (var group in groups)
        {
            var members = Run(nodes, "members", "list", "--group", group);
            Assert.Equal(
                new[] { $"p@{old}", $"p@{newcomer}" }.Order(StringComparer.Ordinal),
                members.Lines.Skip(1).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        }

        var nonVoting = Run(nodes, "members", "add", "--all", newcomer, "--non-voting");
        Assert.Equal(1, nonVoting.Code);
        Assert.Contains($"p@{newcomer} is a member of the group already", nonVoting.Error);

        var removed = Run(nodes, "members", "remove", "--all", newcomer, "--json");

        Assert.Equal((0, ""), (removed.Code, removed.Error));
        Assert.Equal(
            groups.Select(group =>
                $$"""{"kind":"member-removed","group":"{{group}}","process":"p@{{newcomer}}","outcome":"done"}"""),
            removed.Lines);
        var none = Run(nodes, "members", "remove", "--all", newcomer);
        Assert.Equal(0, none.Code);
        Assert.StartsWith($"no group has a member on node '{newcomer}'; processes run on ", none.Output);
    }

    [Fact]
    public void Process_that_cannot_join_fails_its_group_alone_and_the_status_names_the_remedy()
    {
        using var nodes = new ShopNodes(2);
        var newcomer = nodes.Names[1];
        nodes.StartAlone("bills", 0);
        nodes.StartAlone("carts", 0);
        nodes.Start("bills", 1);
        nodes.StartJoining("carts", 1);

        var remedy = "stop it, start it with raft.joining = on and a node of the group in raft.contacts, then run 'raft members add "
            + $"p@{newcomer} --contacts {nodes.Contacts[0]} --group bills'";

        // A founder that the leader has not heard of yet is added as any other process is.
        while (!Run(nodes, "status", "--group", "bills").Lines.Any(line => line.StartsWith($"p@{newcomer}") && line.EndsWith(remedy)))
        {
        }

        // The node may list one of its two processes before the other.
        Run run;
        var isAdded = false;
        do
        {
            run = Run(nodes, "members", "add", "--all", newcomer);
            isAdded |= run.Output.Contains("carts: added");
        }
        while (!isAdded || !run.Error.Contains("bills: "));

        Assert.Equal(1, run.Code);
        Assert.Equal(
            $"raft: bills: not done: p@{newcomer} was started as a founder of another group, because its raft.roster names it. Stop it, "
            + "start it with raft.joining = on and a node of the group in raft.contacts, and add it again; nothing was changed\n",
            run.Error);
        Assert.Contains(remedy[1..], Run(nodes, "check", "--group", "bills").Output);
    }

    [Fact]
    public void Node_without_a_process_is_not_added_and_the_nodes_that_have_one_are_named()
    {
        using var nodes = new ShopNodes(1);
        nodes.StartAlone("bills", 0);

        // The node takes connections before it lists its first process.
        Run run;
        do
        {
            run = Run(nodes, "members", "add", "--all", "10.0.0.9:2551");
        }
        while (!run.Error.Contains("processes run on 127"));

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal($"raft: no process runs on node '10.0.0.9:2551'; processes run on {nodes.Names[0]}\n", run.Error);
    }

    [Theory]
    [InlineData("-S", ":9990")]
    [InlineData("--contacts", "node1:1", "--group", "bills")]
    public void All_groups_are_those_of_an_application_and_need_no_group(params string[] options)
    {
        var run = Cli.Tests.Run.Here(["members", "add", "--all", "10.0.0.9:2551", .. options]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("--all is for all groups of an application: name its nodes by --contacts, and leave out --group", run.Error);
    }

    // Until the nodes know each other's processes, and the groups have leaders, some groups are not done.
    private static void WaitFor(ShopNodes nodes, int groups, params string[] command)
    {
        Run run;
        do
        {
            run = Run(nodes, command);
        }
        while (run.Code != 0 || run.Lines.Count() < groups);
    }

    private static Run Run(ShopNodes nodes, params string[] command) => Cli.Tests.Run.Here([.. command, "--contacts", nodes.Contacts[0]]);
}
