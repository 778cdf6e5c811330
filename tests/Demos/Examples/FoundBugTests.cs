using RaftActors.Testing.Simulation;

namespace RaftActors.Examples;

/// <summary>The bug that docs/simulation.md shows: a click is sent again without a request key.</summary>
public sealed class FoundBugTests
{
    private const int Clicks = 2;
    private const int Seed = 381;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void Click_that_is_sent_again_without_a_key_is_found_with_the_story_of_the_page()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pages", "simulation.md"));

        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(Seed, SetUp));

        Assert.Equal($"Seed {page.Split("```\nSeed ")[1].Split("\n```")[0]}", failure.Message);
    }

    private static void SetUp(RaftSimulation simulation)
    {
        var total = 0;
        simulation
            .Nodes(3)
            .Actor(_ => new Counter(), "counter")
            .Clients(1, async client => total = await ClickAsync(client))
            .Eventually($"{Clicks} clicks are counted", _ => total == Clicks);
    }

    private static async Task<int> ClickAsync(SimulatedClient client)
    {
        await using var counter = client.CreateClient<int, int>();
        var total = 0;
        for (var click = 0; click < Clicks; click++)
        {
            Outcome<int>? outcome = null;
            while (outcome is not { Failure: null })
            {
                outcome = await counter.AppendAsync("clicks", 1, Timeout);
            }

            total = outcome.OrThrow().ResultOr(total);
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(2000)));
        }

        return total;
    }
}
