using System.Text.Json;

using Akka.Actor;

using RaftActors.Testing.Simulation;

namespace RaftActors.Examples;

/// <summary>Standing orders of a bank, over months of virtual time.</summary>
public sealed class OrderLedgerTests
{
    // With timings of hours, months take few messages.
    private const string Hours =
        """
        raft {
          tick-interval = 12m
          heartbeat-interval = 1h
          election-timeout { min = 4h, max = 8h }
          discovery-interval = 2h
          founding-timeout = 40h
          quorum { gone-after = 40h, stable-after = 8h }
        }
        """;

    [Fact]
    public void Standing_order_is_paid_on_the_first_of_each_month_while_there_is_money_for_it() => RaftSimulation.Run(2, simulation =>
    {
        simulation
            .Actor(_ => new OrderLedger(ActorRefs.Nobody), "ledger")
            .SetUp(raft => raft.UseJson(LedgerJson.Default))
            .Config(Hours)
            .Faults(SimulationFaults.None)
            .For(TimeSpan.FromDays(61))
            .Clients(1, async client =>
            {
                await using var ledger = client.CreateClient<int, BookingResult>(resultCodec: RaftCodec.Json<BookingResult>());
                var teller = new Teller(ledger);

                // The simulation begins on January 1, 2000. While an order waits, the leader looks at the clock every ten seconds.
                await client.Delay(TimeSpan.FromDays(27));
                await teller.BookAsync("alice", 50, "funds");
                await teller.BookAsync("alice>bob", 30, "order");
                await teller.BookAsync("alice>carol", 1, "mistake");
                await teller.BookAsync("alice>carol", 0, "end of the mistake");

                await client.Delay(TimeSpan.FromDays(3));
                Assert.Equal(50, (await ledger.QueryAsync(new ReadBalance("alice"))).Result);
                await client.Delay(TimeSpan.FromDays(2));
                Assert.Equal(20, (await ledger.QueryAsync(new ReadBalance("alice"))).Result);
            })
            .Eventually("alice has paid once", view =>
                view.Actors<OrderLedger>().Count() == view.Nodes && view.Actors<OrderLedger>().All(ledger => BalancesOf(ledger) is
                    [("alice", 20), ("bob", 30)]));
    });

    private static List<(string Account, int Balance)> BalancesOf(OrderLedger ledger) =>
        [.. (JsonSerializer.Deserialize<SortedDictionary<string, int>>(ledger.TakeSnapshot(Serial.Zero)) ?? [])
            .Select(each => (each.Key, each.Value))];
}
