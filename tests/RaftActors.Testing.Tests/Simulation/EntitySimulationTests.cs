namespace RaftActors.Testing.Tests.Simulation;

/// <summary>Entities that one node handles in another way than the others. The test itself does not compare the nodes.</summary>
public sealed class EntitySimulationTests
{
    private static readonly RaftShards Shards = new("sums", 1);

    [Fact]
    public void Command_that_fails_on_one_node_alone_is_found()
    {
        var failure = Run(_ => { }, _ => throw new InvalidOperationException("here alone"));

        Assert.Matches("^Seed 1 fails: HandleAppend returned '.*' on n[1-3] and '.*' on n[1-3] for serial 1 \\('a'\\)", failure);
        Assert.Contains("'changed nothing: HandleCommand threw InvalidOperationException: here alone'", failure!, StringComparison.Ordinal);
    }

    [Fact]
    public void State_that_differs_on_one_node_behind_equal_results_is_found() => Assert.StartsWith(
        "Seed 1 fails: TakeSnapshot returned '",
        Run(_ => { }, entity => entity.Add(1)),
        StringComparison.Ordinal);

    [Fact]
    public void Command_that_fails_on_all_nodes_leaves_them_equal() =>
        Assert.Null(Run(_ => throw new InvalidOperationException("here too"), _ => throw new InvalidOperationException("here too")));

    // Null: nothing was found.
    private static string? Run(Action<Sum> onOthers, Action<Sum> onThird)
    {
        try
        {
            RaftSimulation.Run(1, simulation => simulation
                .Actor(node => new EntityShard<Sum, int>(Shards.All[0], () => new Sum(node == 2 ? onThird : onOthers)), "sums-0")
                .Faults(SimulationFaults.None)
                .Clients(1, async client =>
                {
                    await using var sums = Raft.Get(client.System).CreateEntityClient<int, bool>(Shards);
                    await sums.SendAsync("a", 1);
                }));
            return null;
        }
        catch (SimulationException e)
        {
            return e.Message;
        }
    }

    private sealed class Sum(Action<Sum> change) : ReplicatedEntity<int, int, bool>
    {
        public void Add(int number) => State += number;

        protected override int NewState() => 0;

        protected override bool HandleCommand(int command)
        {
            Add(command);
            change(this);
            return true;
        }
    }
}
