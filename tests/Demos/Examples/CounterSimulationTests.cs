using RaftActors.Testing.Simulation;

namespace RaftActors.Examples;

/// <summary>Three nodes that count, with everything that can go wrong.</summary>
public sealed class CounterSimulationTests
{
    [Theory]
    [MemberData(nameof(RaftSimulation.Seeds), 3, MemberType = typeof(RaftSimulation))]
    public void Each_click_is_counted_once(long seed) => RaftSimulation.Run(seed, simulation =>
    {
        var total = 0;
        simulation
            .Nodes(3)
            .Actor(_ => new Counter(), "counter")
            .Clients(2, async client =>
            {
                var last = await ClickAsync(client);
                total = Math.Max(total, last);
            })
            .Eventually("40 clicks are counted", _ => total == 40);
    });

    private static async Task<int> ClickAsync(SimulatedClient client)
    {
        await using var counter = client.CreateClient<int, int>();
        var total = 0;
        for (var click = 0; click < 20; click++)
        {
            // The key makes a repeat safe: the pair is appended once, and each repeat has its result.
            Outcome<int>? outcome = null;
            while (outcome is not { Failure: null })
            {
                outcome = await counter.AppendAsync("clicks", 1, requestKey: $"{client.Number}/{click}");
            }

            total = outcome.OrThrow().ResultOr(total);
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(1000)));
        }

        return total;
    }
}
