using Akka.Configuration;

using RaftActors.Core;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>Whole groups on networks that are cut and mended at set times, in virtual time.</summary>
public sealed class SplitNetworkTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["n1", "n2", "n3", "n4"];

    [Fact]
    public void Neither_half_of_a_split_network_founds_a_group_and_all_found_one_when_it_is_whole() => Run(4, run =>
    {
        Cut(run, ["n1", "n2"]);
        return async client =>
        {
            await client.Delay(Long);
            Assert.All(run.Nodes, node => Assert.Null(StatusOf(node).Leader));

            run.Network.MendAll();
            await using var sums = client.CreateClient<int, int>();
            (await sums.AppendAsync("key", 1, Long)).OrThrow();

            Assert.All(run.Nodes, node => Assert.NotNull(StatusOf(node).Leader));
        };
    });

    [Fact]
    public void Node_that_is_cut_off_is_out_of_reach_until_it_is_heard_again() => Run(3, run => async client =>
    {
        await using var sums = client.CreateClient<int, int>();
        (await sums.AppendAsync("key", 1, Long)).OrThrow();
        var last = new ProcessName("sums@n3");
        Assert.Contains(last, StatusOf(run.Nodes[0]).Reachable);

        Cut(run, ["n3"]);
        await client.Delay(Long);
        Assert.DoesNotContain(last, StatusOf(run.Nodes[0]).Reachable);

        run.Network.MendAll();
        await client.Delay(Long);
        Assert.Contains(last, StatusOf(run.Nodes[0]).Reachable);
    });

    [Fact]
    public void Transfer_to_a_voter_that_is_cut_off_is_not_committed_and_the_leader_still_leads() => Run(3, run => async client =>
    {
        await using var sums = client.CreateClient<int, int>();
        (await sums.AppendAsync("key", 1, Long)).OrThrow();
        var former = StatusOf(run.Nodes[0]).Leader!.Value; // Justification: it has committed.
        var silent = Names.Take(3).First(name => name != former.Node);
        Cut(run, [silent]);

        var refused = (await sums.TransferLeadershipAsync(new ProcessName($"sums@{silent}"), Long)).NotDone();

        Assert.Equal(FailureReason.Unavailable, refused.Reason);
        (await sums.AppendAsync("key", 1, Long)).OrThrow();
        Assert.Equal(former, StatusOf(run.Nodes.Single(node => node.Name == former.Node)).Leader);
        run.Network.MendAll();
    });

    private static void Run(int nodes, Func<SimulationRun, Func<SimulatedClient, Task>> program)
    {
        World world = new(seed: 1);
        using SimulationRun run = new(
            world,
            nodes,
            [new PlannedActor("sums", _ => new Sums(), Shard: null)],
            ConfigurationFactory.ParseString(Config(nodes)),
            _ => { });
        run.Run([], TimeSpan.FromMinutes(4), clients: 1, program(run), [], []);
    }

    private static string Config(int nodes) =>
        $"raft {{ founding-timeout = 1s, roster = [{string.Join(", ", Names.Take(nodes).Select(name => $"\"sums@{name}\""))}] }}";

    // Of the nodes from the others, and of no client.
    private static void Cut(SimulationRun run, string[] side)
    {
        foreach (var other in Names.Except(side))
        {
            foreach (var each in side)
            {
                run.Network.Cut(each, other);
                run.Network.Cut(other, each);
            }
        }
    }

    private static RaftStatus StatusOf(SimulatedNode node) => Assert.Single(Raft.Get(node.System!).Processes); // Justification: it is up.
}
