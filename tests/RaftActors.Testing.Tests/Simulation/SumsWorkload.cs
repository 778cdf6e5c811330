using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>
/// Programs that add to sums and read them, with and without request keys, on groups of three to five nodes that take snapshots and become
/// quiescent. What the programs are told must be linearizable.
/// </summary>
internal static class SumsWorkload
{
    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static void SetUp(RaftSimulation simulation)
    {
        OperationHistory<Operation, int> history = new();
        simulation
            .Actor(() => new Sums())
            .Config("raft { snapshot.after-entries = 15, quiescence { enabled = on, after = 1s } }")
            .Clients(3, client => UseAsync(client, history))
            .Eventually("all nodes have the same sums", view => view.Actors<Sums>().Select(actor => actor.Text).Distinct().Count() == 1)
            .Eventually("the history is linearizable", _ =>
            {
                Assert.IsType<HistoryVerdict<Operation, int>.Linearizable>(Linearizability.Check(history, new Model()));
                return true;
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
        for (var count = 0; count < 25; count++)
        {
            var name = Names[client.Next(Names.Length)];
            if (client.Next(3) == 0)
            {
                await ReadAsync(sums, name, history, client.Number);
            }
            else
            {
                var key = client.Next(2) == 0 ? $"{client.Number}/{count}" : null;
                await AddAsync(sums, name, 1 + client.Next(9), key, history, client.Number);
            }

            await client.Delay(TimeSpan.FromMilliseconds(client.Next(1000)));
        }
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
        RaftClient<int, int> sums, string name, int amount, string? key, OperationHistory<Operation, int> history, int client)
    {
        var add = history.Invoke(client, new Operation(name, amount));
        var mayBeMade = false;
        for (var tries = 0; tries < (key is null ? 1 : 6); tries++)
        {
            var outcome = await sums.AppendAsync(name, amount, Timeout, requestKey: key is null ? null : (RequestKey?)key);
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
