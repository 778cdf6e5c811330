using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Programs that add to sums and read them, with and without request keys, on groups of three to five nodes that take snapshots and become
/// quiescent. The answers to the programs must be linearizable.
/// </summary>
internal static class SumsWorkload
{
    private static readonly string[] Names = ["a", "b", "c"];

    // Few entries are kept, so a process that lags gets a snapshot.
    private const string Settings =
        """
        raft {
          snapshot { after-entries = 12, retained-entries = 4 }
          quiescence { enabled = on, after = 1s }
          client.attempt-timeout = 300ms
        }
        """;

    /// <summary>Runs a seed.</summary>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static SimulationResult Run(long seed) => RaftSimulation.Run(seed, simulation => SetUp(seed, simulation));

    /// <summary>Runs a seed. If it fails, it is not run again with fewer faults.</summary>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static void RunOnce(long seed)
    {
        var simulation = RaftSimulation.Of(simulation => SetUp(seed, simulation));
        simulation.RunOnce(new World(seed), PlannedFault.Plan(seed, simulation.Kinds, simulation.NodeCount, simulation.Duration));
    }

    private static void SetUp(long seed, RaftSimulation simulation) => SetUp(simulation.Nodes(3 + (int)(seed % 3)));

    public static void SetUp(RaftSimulation simulation)
    {
        OperationHistory<Operation, int> history = new();
        simulation
            .Actor(() => new Sums())
            .Config(Settings)
            .Clients(3, client => UseAsync(client, history))
            .Eventually("all nodes have the same sums", view => view.Actors<Sums>().Select(actor => actor.Text).Distinct().Count() == 1)
            .Eventually("the history is linearizable", _ =>
            {
                // A check that gives up has no verdict.
                var verdict = Linearizability.Check(history, new Model());
                return verdict is not HistoryVerdict<Operation, int>.NotLinearizable ? true : throw new InvalidDataException($"{verdict}");
            });
    }

    public static async Task AddAsync(SimulatedClient client, int count)
    {
        await using var sums = client.CreateClient<int, int>();
        for (var added = 0; added < count; added++)
        {
            await sums.AppendAsync("a", 1);
        }
    }

    private static async Task UseAsync(SimulatedClient client, OperationHistory<Operation, int> history)
    {
        await using var sums = client.CreateClient<int, int>();
        List<Task> open = [];
        for (var count = 0; count < 60; count++)
        {
            open.Add(UseOnceAsync(client, sums, count, history));
            if (client.Next(3) > 0)
            {
                await Task.WhenAll(open);
                open.Clear();
            }

            await client.Delay(TimeSpan.FromMilliseconds(client.Next(4) == 0 ? client.Next(2000) : client.Next(50)));
        }

        await Task.WhenAll(open);
    }

    private static Task UseOnceAsync(
        SimulatedClient client, RaftClient<int, int> sums, int count, OperationHistory<Operation, int> history)
    {
        var name = Names[client.Next(Names.Length)];
        if (client.Next(3) == 0)
        {
            return ReadAsync(sums, name, history, client.Number);
        }

        var key = client.Next(2) == 0 ? $"{client.Number}/{count}" : null;
        return AddAsync(sums, name, 1 + client.Next(9), key, TimeSpan.FromMilliseconds(200 + client.Next(3000)), history, client.Number);
    }

    private static async Task ReadAsync(RaftClient<int, int> sums, string name, OperationHistory<Operation, int> history, int client)
    {
        var read = history.Invoke(client, new Operation(name, null));
        try
        {
            history.Ok(read, await sums.QueryAsync<int>(name));
        }
        catch (RaftException)
        {
            history.Fail(read);
        }
    }

    private static async Task AddAsync(
        RaftClient<int, int> sums,
        string name,
        int amount,
        string? key,
        TimeSpan timeout,
        OperationHistory<Operation, int> history,
        int client)
    {
        var add = history.Invoke(client, new Operation(name, amount));
        var mayBeMade = false;
        for (var tries = 0; tries < (key is null ? 1 : 6); tries++)
        {
            var outcome = await sums.AppendAsync(name, amount, timeout, requestKey: key is null ? null : (RequestKey?)key);
            if (outcome is Outcome<int>.Done done)
            {
                // The result of a repeat that was made long before may be forgotten.
                const int None = -1;
                if (done.ResultOr(None) is var sum and not None)
                {
                    history.Ok(add, sum);
                }
                else
                {
                    history.Unknown(add);
                }

                return;
            }

            mayBeMade |= outcome is Outcome<int>.Unknown;
        }

        if (mayBeMade)
        {
            history.Unknown(add);
        }
        else
        {
            history.Fail(add);
        }
    }

    /// <param name="Amount">Null: the sum is read.</param>
    internal sealed record Operation(string Name, int? Amount);

    private sealed class Model : SequentialModel<int, Operation, int>
    {
        public override int Initial => 0;

        public override string PartitionOf(Operation input) => input.Name;

        public override bool IsReadOnly(Operation input) => input.Amount is null;

        public override bool TryStep(int state, Operation input, Observed<int> output, out int next)
        {
            next = state + (input.Amount ?? 0);
            return output.Allows(next);
        }
    }
}
