using RaftActors.Settings;

namespace RaftActors.Cli.Tests.Application;

/// <summary><c>raft shards move</c>: three nodes with eight shards become five.</summary>
public sealed class ShardMoveTests
{
    [Fact]
    public async Task Shards_move_to_new_nodes_during_appends_and_an_ended_command_goes_on_when_it_is_repeated()
    {
        using var nodes = new ShardNodes(5);
        var (names, shards) = (nodes.Names, nodes.Shards);
        Array.ForEach([0, 1, 2], node => nodes.Start(node));
        await AppendToAll(nodes, 1);
        foreach (var node in new[] { 0, 1, 2 })
        {
            nodes.Start(node, names);
            await AppendToAll(nodes, (node + 1) % 3);
        }

        nodes.Start(3, names);
        var moves = shards.All
            .Select(shard => (shard.Group, Nodes: ShardPlan.PlacedOn(shard, names).Select(name => name.Node).ToList()))
            .Where(each => each.Nodes.Intersect(names[3..]).Any()).ToList();
        var waiting = moves.Where(move => move.Nodes.Contains(names[4])).Select(move =>
            $"raft: {move.Group}: {move.Group}@{names[4]} does not run, or is not reached: start its node\n").ToList();
        WaitForPlan(nodes, run => (run.Code, run.Error) == (1, string.Concat(waiting)));
        nodes.Start(4, names);
        var plan = WaitForPlan(nodes, run => run.Code == 0);
        Assert.Equal(
            moves.Select(move => (move.Group, string.Join(", ", move.Nodes.Except(names[..3])))),
            plan.Objects.Select(row => ($"{row.GetProperty("group")}", $"{row.GetProperty("joins")}")));
        Assert.Equal(
            moves.Select(move => string.Join(", ", names[..3].Except(move.Nodes).Order())),
            plan.Objects.Select(row => string.Join(", ", $"{row.GetProperty("leaves")}".Split(", ").Order())));

        await using var client = nodes[1].CreateClient<string, int>(shards);
        using var interrupt = new CancellationTokenSource();
        var (done, appended) = (false, 0);
        var appends = Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
            {
                foreach (var shard in shards.All)
                {
                    (await client[shard].AppendAsync("order", "1", Guard)).OrThrow();
                }

                appended++;
                var members = (await client[shards.All.First(shard => shard.Group == moves[0].Group)].StatusAsync()).Members;
                if (members.Any(member => names[3..].Contains(member.Name.Node)))
                {
                    await interrupt.CancelAsync();
                }
            }
        });
        Assert.Equal(130, Run(nodes, interrupt.Token, "--at-once", "1").Code);

        // A move takes four looks, with pauses of half a second. So it is not done in time, and no other one begins. In the second that the
        // nodes of a busy machine have to answer, the command may also get no plan.
        Run late;
        do
        {
            late = Run(nodes, null, "--at-once", "1", "--timeout", "1s");
        }
        while (late.Code == 1 && !late.Error.Contains("the time is up"));
        Assert.Equal(1, late.Code);
        Assert.Single(Regex.Matches(late.Error, @"raft: visits-\d: the time is up: .+; run this command again to go on\n"));

        var repeated = Run(nodes, null, "--at-once", "4");
        Volatile.Write(ref done, true);
        await appends;

        Assert.Equal((0, ""), (repeated.Code, repeated.Error));
        Assert.Contains($"{moves[^1].Group}: moved", repeated.Lines);
        foreach (var shard in shards.All)
        {
            var answer = await client[shard].QueryAsync<string>("count", Guard);
            Assert.Equal($"{4 + appended} orders", answer.Result);
            Assert.Equal(
                ShardPlan.PlacedOn(shard, names).Order(),
                (await client[shard].StatusAsync()).Members.Select(member => member.Name).Order());
        }

        var third = Run(nodes, null);
        Assert.Equal((0, "all shards are where they belong\n", ""), (third.Code, third.Output, third.Error));

        // A node that is to leave, and has lost no shard yet, starts those that it has.
        var here = nodes[3].ShardsHere(shards).ToList();
        nodes.Start(3, [.. names[..3], names[4]]);
        Assert.NotEmpty(here);
        Assert.Equal(here, nodes[3].ShardsHere(shards));
    }

    [Theory]
    [InlineData("--contacts is missing")]
    [InlineData("--at-once must be", "--contacts", "127.0.0.1:1", "--at-once", "0")]
    public void Wrong_command_is_refused(string problem, params string[] options)
    {
        var run = Cli.Tests.Run.Here(["shards", "move", .. options]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(problem, run.Error);
    }

    [Fact]
    public void Application_without_shard_nodes_is_told_so()
    {
        using var nodes = new ShopNodes(1);
        nodes.StartAlone("bills", 0);
        Run run;
        do
        {
            run = Cli.Tests.Run.Here("shards", "move", "--contacts", nodes.Contacts[0]);
        }
        while (run.Error.Contains("cannot reach") || run.Error.StartsWith("raft: bills: "));

        Assert.Equal(
            (1, "", "raft: no shard has raft.shard-nodes: set it on all nodes to those that are to have the shards\n"),
            (run.Code, run.Output, run.Error));
    }

    private static async Task AppendToAll(ShardNodes nodes, int node)
    {
        await using var client = nodes[node].CreateClient<string, int>(nodes.Shards);
        foreach (var shard in nodes.Shards.All)
        {
            (await client[shard].AppendAsync("order", "1", Guard)).OrThrow();
        }
    }

    // Until the nodes know each other's processes, and the groups have leaders, more shards are held.
    private static Run WaitForPlan(ShardNodes nodes, Predicate<Run> isExpected)
    {
        Run run;
        do
        {
            run = Run(nodes, null, "--dry-run", "--json");
        }
        while (!isExpected(run));
        return run;
    }

    private static Run Run(ShardNodes nodes, CancellationToken? stop, params string[] options) =>
        Cli.Tests.Run.Here("", ["shards", "move", "--contacts", nodes.Names[0], .. options], stop: stop);
}
