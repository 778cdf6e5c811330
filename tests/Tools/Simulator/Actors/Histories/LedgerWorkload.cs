using System.Text.Json.Serialization;

using Akka.Actor;

using RaftActors.Examples;
using RaftActors.Testing.History;
using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors.Histories;

/// <summary>The bank of the examples: bookings that leave no account overdrawn, and balances.</summary>
internal static class LedgerWorkload
{
    private static readonly string[] Accounts = ["alice", "bob", "carol"];

    public static void SetUp(long seed, RaftSimulation simulation) =>
        HistoryWorkload.SetUp(seed, simulation, new LedgerModel(), UseAsync)
            .SetUp(raft => raft.UseJson(LedgerJson.Default))
            .Actor(_ => new Examples.Ledger(ActorRefs.Nobody), "ledger");

    private static async Task UseAsync(SimulatedClient client, OperationHistory<Call, BookingResult> history)
    {
        await using var ledger = client.CreateClient<int, BookingResult>(resultCodec: RaftCodec.Json<BookingResult>());
        await new HistoryCaller<Call, BookingResult>(client, history, AnyCall, CallAsync).RunAsync();

        Call AnyCall() => new(Accounts[client.Next(Accounts.Length)], client.Next(3) == 0 ? null : client.Next(200) - 90);

        async Task<Told<BookingResult>> CallAsync(Call call, Attempt attempt) => call.Amount is { } amount
            ? Told<BookingResult>.Of(
                await ledger.AppendAsync(call.Account, amount, attempt.Timeout, requestKey: attempt.Key),
                done => done.HasResult ? done.Result : throw new InvalidDataException($"{done.Serial} has no result"))
            : await Told<BookingResult>.OfReadAsync(async () =>
                new BookingResult(IsBooked: true, (await ledger.QueryAsync(new ReadBalance(call.Account), attempt.Timeout)).Result));
    }

    /// <param name="Amount">Null: reads the balance.</param>
    private sealed record Call(string Account, int? Amount);

    private sealed class LedgerModel : SequentialModel<int, Call, BookingResult>
    {
        public override int Initial => 0;

        public override string PartitionOf(Call input) => input.Account;

        public override bool IsReadOnly(Call input) => input.Amount is null;

        public override bool TryStep(int state, Call input, Operation<Call, BookingResult> operation, out int next)
        {
            var sum = state + (input.Amount ?? 0);
            next = sum < 0 ? state : sum;
            return operation.Allows(new BookingResult(sum >= 0, next));
        }
    }
}

/// <summary>The questions of programs, which the actors of the examples ask on their own node.</summary>
[JsonSerializable(typeof(ReadBalance))]
internal sealed partial class LedgerJson : JsonSerializerContext;
