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
        nodes.Start(4, names);
        var moves = shards.All.Select(shard => (
            shard.Group,
            Nodes: ShardPlan.PlacedOn(shard, names).Select(name => name.Node).ToList())).Where(each => each.Nodes.Intersect(names[3..]).Any()).ToList();
        var plan = WaitForPlan(nodes);
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
                    (await client[shard].AppendAsync("order", "1", ShardNodes.Guard)).OrThrow();
                }

                appended++;
                var members = (await client[shards.All.First(shard => shard.Group == moves[0].Group)].StatusAsync()).Members;
                if (members.Any(member => names[3..].Contains(member.Name.Node)))
                {
                    await interrupt.CancelAsync();
                }
            }
        });
        var ended = Run(nodes, interrupt.Token, "--at-once", "1");
        Assert.Equal(130, ended.Code);

        var repeated = Run(nodes, null, "--at-once", "4");
        Volatile.Write(ref done, true);
        await appends;

        Assert.Equal((0, ""), (repeated.Code, repeated.Error));
        Assert.Contains($"{moves[^1].Group}: moved", repeated.Lines);
        foreach (var shard in shards.All)
        {
            var answer = await client[shard].QueryAsync<string>("count", ShardNodes.Guard);
            Assert.Equal($"{4 + appended} orders", answer.Result);
            Assert.Equal(
                ShardPlan.PlacedOn(shard, names).Order(),
                (await client[shard].StatusAsync()).Members.Select(member => member.Name).Order());
        }

        var third = Run(nodes, null);
        Assert.Equal((0, "all shards are where they belong\n", ""), (third.Code, third.Output, third.Error));
    }

    private static async Task AppendToAll(ShardNodes nodes, int node)
    {
        await using var client = nodes[node].CreateClient<string, int>(nodes.Shards);
        foreach (var shard in nodes.Shards.All)
        {
            (await client[shard].AppendAsync("order", "1", ShardNodes.Guard)).OrThrow();
        }
    }

    // Until the nodes know each other's processes, and the groups have leaders, some shards are held.
    private static Run WaitForPlan(ShardNodes nodes)
    {
        Run run;
        do
        {
            run = Run(nodes, null, "--dry-run", "--json");
        }
        while (run.Code != 0);
        return run;
    }

    private static Run Run(ShardNodes nodes, CancellationToken? stop, params string[] options) =>
        Cli.Tests.Run.Here("", ["shards", "move", "--contacts", nodes.Names[0], .. options], stop: stop);
}
