using System.Text.Json.Nodes;

using MaelstromTrials.Registers;

using RaftActors.Core;
using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Histories;

/// <summary>
/// The store of demo/Maelstrom: the registers of lin-kv, whose history must be linearizable, and the transactions of txn-list-append, whose
/// history must be strictly serializable. Actors on the nodes call it, too.
/// </summary>
internal static class StoreWorkload
{
    private const string Operation = "operation";
    private const int Registers = 3;
    private const int Values = 4;

    public static void SetUp(long seed, RaftSimulation simulation)
    {
        ListHistory lists = new();
        Prng prng = new((ulong)seed);
        var left = HistoryWorkload.Clients;
        HistoryWorkload.SetUp<string?, RegisterModel.Call, RegisterModel.Reply>(seed, simulation, new RegisterModel(), UseAsync)
            .Actor(() => new StoreUser(lists, prng), "store")
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
                () => AnyCall(client),
                async (call, attempt) => Told<RegisterModel.Reply>.Of(
                    await store.AppendAsync(Operation, ToJson(call), attempt.Timeout, requestKey: attempt.Key),
                    done => ToReply(call, Parse(done)))).RunAsync();

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
                // A transaction of an actor may still be under way. It is in the list before this one, or had no effect in time.
                var steps = lists.AllReads();
                var called = lists.Now();
                if (await store.AppendAsync(Operation, ListHistory.ToJson(steps)) is Outcome<string>.Done done)
                {
                    lists.End(steps, called, Parse(done));
                }
            }
        }
    }

    private static JsonObject Parse(Outcome<string>.Done done) => done.TryGetResult(out var body)
        ? JsonNode.Parse(body)!.AsObject() // Justification: the store answers with an object.
        : throw new InvalidDataException($"{done.Serial} has no result");

    private static RegisterModel.Call AnyCall(SimulatedClient client)
    {
        var key = $"{client.Next(Registers)}";
        return client.Next(3) switch
        {
            0 => new(RegisterModel.Kind.Read, key),
            1 => new(RegisterModel.Kind.Write, key, Value: $"{client.Next(Values)}"),
            _ => new(RegisterModel.Kind.Swap, key, From: $"{client.Next(Values)}", Value: $"{client.Next(Values)}"),
        };
    }

    private static string ToJson(RegisterModel.Call call) => call.Kind switch
    {
        RegisterModel.Kind.Read => $$"""{ "type": "read", "key": {{call.Key}} }""",
        RegisterModel.Kind.Write => $$"""{ "type": "write", "key": {{call.Key}}, "value": {{call.Value}} }""",
        _ => $$"""{ "type": "cas", "key": {{call.Key}}, "from": {{call.From}}, "to": {{call.Value}} }""",
    };

    private static RegisterModel.Reply ToReply(RegisterModel.Call call, JsonObject body) => call.Kind switch
    {
        RegisterModel.Kind.Read => new(body["value"]?.ToJsonString(), IsDone: true),
        RegisterModel.Kind.Write => new(null, IsDone: true),
        _ => new((int?)body["code"] == 20 ? "absent" : null, $"{body["type"]}" == "cas_ok"),
    };
}
