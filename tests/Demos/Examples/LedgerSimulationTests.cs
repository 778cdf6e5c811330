using System.Globalization;
using System.Text.Json;

using Akka.Actor;

using RaftActors.Testing.Simulation;

namespace RaftActors.Examples;

/// <summary>A bank whose nodes crash, stand still, lose messages and have full disks.</summary>
public sealed class LedgerSimulationTests
{
    private const int Bookings = 40;

    private static readonly string[] Accounts = ["alice", "bob"];

    /// <summary>The environment variable RAFTACTORS_SEEDS is their number.</summary>
    public static IEnumerable<object[]> Seeds => RaftSimulation.Seeds(
        int.Parse(Environment.GetEnvironmentVariable("RAFTACTORS_SEEDS") ?? "3", CultureInfo.InvariantCulture));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Balances_are_the_bookings_that_the_clients_were_told(long seed) => RaftSimulation.Run(seed, simulation =>
    {
        Dictionary<string, int> told = Accounts.ToDictionary(account => account, _ => 0);
        simulation
            .Nodes(5)
            .Actor(_ => new Ledger(ActorRefs.Nobody), "ledger")
            .Config("raft.snapshot { after-entries = 20, retained-entries = 5 }")
            .Clients(3, async client =>
            {
                await using var ledger = client.CreateClient<int, BookingResult>(resultCodec: RaftCodec.Json<BookingResult>());
                var teller = new Teller(ledger);
                for (var number = 0; number < Bookings; number++)
                {
                    var (account, amount) = (Accounts[client.Next(2)], client.Next(200) - 100);
                    if (await teller.BookAsync(account, amount, $"{client.Number}/{number}"))
                    {
                        told[account] += amount;
                    }

                    await client.Delay(TimeSpan.FromMilliseconds(client.Next(500)));
                }
            })
            .Eventually("all nodes have the balances that the clients were told", view =>
                view.Actors<Ledger>().Count() == view.Nodes && view.Actors<Ledger>().All(ledger => told.SequenceEqual(BalancesOf(ledger))));
    });

    private static IEnumerable<KeyValuePair<string, int>> BalancesOf(Ledger ledger)
    {
        var balances = JsonSerializer.Deserialize<Dictionary<string, int>>(ledger.TakeSnapshot(Serial.Zero)) ?? [];
        return Accounts.Select(account => KeyValuePair.Create(account, balances.GetValueOrDefault(account)));
    }
}
