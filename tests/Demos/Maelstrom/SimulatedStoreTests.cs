using System.Globalization;

using MaelstromTrials.Registers;

using RaftActors;
using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace Maelstrom.Tests;

/// <summary>The actors of the demo in virtual time, under all faults.</summary>
public sealed class SimulatedStoreTests
{
    private const int Calls = 60;

    // Few entries are kept, so nodes that lag get snapshots.
    private const string Settings = "raft.snapshot { after-entries = 20, retained-entries = 5 }";

    /// <summary>RAFTACTORS_SEEDS is their number.</summary>
    public static IEnumerable<object[]> Seeds => RaftSimulation.Seeds(
        Environment.GetEnvironmentVariable("RAFTACTORS_SEEDS") is { } count
            ? int.Parse(count, CultureInfo.InvariantCulture)
            : Share.Of(test: 2, ci: 3, whole: 3));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Histories_of_lin_kv_are_linearizable(long seed) => RaftSimulation.Run(seed, simulation =>
    {
        OperationHistory<RegisterModel.Call, RegisterModel.Reply> history = new();
        simulation
            .Nodes(3 + (int)(seed % 3))
            .Actor(_ => new StoreActor(), "store")
            .Config(Settings)
            .Clients(4, client => UseAsync(client, history))
            .Eventually("the history is linearizable", _ =>
            {
                Assert.Null(history.FindFault(new RegisterModel()));
                return true;
            });
    });

    private static async Task UseAsync(SimulatedClient client, OperationHistory<RegisterModel.Call, RegisterModel.Reply> history)
    {
        await using var store = client.CreateClient<string, string>();
        for (var number = 0; number < Calls; number++)
        {
            var call = RegisterBody.AnyCall(client.Next);
            var operation = history.Invoke(client.Number, call);
            var timeout = TimeSpan.FromMilliseconds(50 + client.Next(1500));
            switch (await store.AppendAsync("operation", RegisterBody.ToJson(call), timeout, requestKey: $"{client.Number}/{number}"))
            {
                case { HasResult: true, Result: var body }:
                    history.Ok(operation, RegisterBody.ToReply(call.Kind, body));
                    break;
                case { Failure.Kind: FailureKind.NotDone }:
                    history.Fail(operation);
                    break;
                default:
                    history.Unknown(operation);
                    break;
            }

            await client.Delay(TimeSpan.FromMilliseconds(client.Next(300)));
        }
    }
}
