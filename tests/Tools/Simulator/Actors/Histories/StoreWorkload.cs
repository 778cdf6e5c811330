using System.Text.Json.Nodes;

using RaftActors.Core;
using RaftActors.Simulator.Actors.Lists;
using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Histories;

/// <summary>
/// A store as Maelstrom demands it: the registers of lin-kv, whose history must be linearizable, and the transactions of txn-list-append,
/// whose history must be strictly serializable. Actors on the nodes call it, too.
/// </summary>
internal static class StoreWorkload
{
    private const string Operation = "operation";

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        ListHistory lists = new();
        Prng prng = new((ulong)seed);
        var left = HistoryWorkload.Clients;
        HistoryWorkload.SetUp<string?, RegisterModel.Call, RegisterModel.Reply>(seed, simulation, new RegisterModel(), UseAsync)
            .Actor(_ => new StoreUser(lists, prng), "store")
            .Eventually("the transactions are strictly serializable", _ =>
            {
                var faults = lists.FindFaults();
                return faults.Count == 0 ? true : throw new InvalidDataException(string.Join("\n", faults));
            });

        async Task UseAsync(SimulatedClient client, OperationHistory<RegisterModel.Call, RegisterModel.Reply> history)
        {
            await using var store = client.CreateClient<string, string>();
            await new HistoryCaller<RegisterModel.Call, RegisterModel.Reply>(
                client,
                history,
                () => RegisterBody.AnyCall(client.Next),
                async (call, attempt) => Told<RegisterModel.Reply>.Of(
                    await store.AppendAsync(Operation, RegisterBody.ToJson(call), attempt.Timeout, requestKey: attempt.Key),
                    done => RegisterBody.ToReply(call.Kind, TextOf(done)))).RunAsync();

            // The last program reads all lists.
            lists.IsClosing = true;
            if (--left == 0)
            {
                await ReadListsAsync(store);
            }
        }

        async Task ReadListsAsync(RaftClient<string, string> store)
        {
            while (lists.Final is null)
            {
                // A transaction of an actor may still be under way, and come before or after this one.
                var steps = lists.AllReads();
                var called = lists.Now();
                if (await store.AppendAsync(Operation, ListHistory.ToJson(steps)) is { Failure: null } done)
                {
                    lists.End(steps, called, JsonNode.Parse(TextOf(done))!.AsObject()); // Justification: the store answers with an object.
                }
            }
        }
    }

    private static string TextOf(Outcome<string> done) =>
        done.HasResult ? done.Result : throw new InvalidDataException($"{done.Serial} has no result");
}
