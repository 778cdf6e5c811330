using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;
using RaftActors.Testing.Simulation;

namespace RaftActors.Examples;

public sealed class MailingOrdersTests : TestKit
{
    [Fact]
    public void Order_sends_a_mail_when_its_pair_is_committed()
    {
        Raft.Get(Sys).UseJson(OrdersJson.Default);
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<OrderChange>(Sys, asked);
        MailServer server = new();
        Sys.ActorOf(Props.Create(() => new MailingOrders(server)));
        group.BuildQuorum();
        group.ElectActor();

        group.Commit("alice", new PlaceOrder("lamp"));
        group.Commit(asked.ExpectMsg<FromActor<OrderChange>.Append>()); // The leader begins.
        var ended = asked.ExpectMsg<FromActor<OrderChange>.Append>();

        Assert.IsType<MailEnded>(ended.Value);
        Assert.Equal(["alice: Your lamp is on its way."], server.Sent);
    }

    [Theory]
    [MemberData(nameof(RaftSimulation.Seeds), 3, MemberType = typeof(RaftSimulation))]
    public void Each_order_sends_one_mail(long seed) => RaftSimulation.Run(seed, simulation =>
    {
        MailServer server = new();
        simulation
            .SetUp(raft => raft.UseJson(OrdersJson.Default))
            .Actor(_ => new MailingOrders(server), "orders")
            .Clients(1, async client =>
            {
                await using var orders = client.CreateClient<OrderChange, bool>();
                for (var number = 0; number < 20; number++)
                {
                    Outcome<bool>? outcome = null;
                    while (outcome is not { Failure: null })
                    {
                        outcome = await orders.AppendAsync("alice", new PlaceOrder($"lamp {number}"), requestKey: $"{number}");
                    }

                    await client.Delay(TimeSpan.FromMilliseconds(client.Next(1500)));
                }
            })
            .Eventually("20 mails are sent, in their order", _ => server.Sent.SequenceEqual(
                Enumerable.Range(0, 20).Select(number => $"alice: Your lamp {number} is on its way.")));
    });
}
