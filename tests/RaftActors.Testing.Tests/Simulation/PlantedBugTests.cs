using System.Text.Json.Serialization;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>What a simulation finds unasked: no condition of the user, and no digest.</summary>
public sealed partial class PlantedBugTests
{
    private const string Clocks = "These places may be the cause:\n  BuggyStock.";
    private const string NoClocks = "\nA second run gave the same values, so the cause is hardly a clock or a random number. ";

    [Theory]
    [InlineData(PlantedBug.ClockInResult, "HandleAppend returned '", Clocks)]
    [InlineData(PlantedBug.ClockBehindField, "HandleAppend returned '", Clocks)]
    [InlineData(PlantedBug.ClockInState, "TakeSnapshot returned '", Clocks)]
    [InlineData(PlantedBug.FirstOfDictionary, "TakeSnapshot returned '", NoClocks)]
    [InlineData(PlantedBug.FirstOfImmutableSet, "HandleAppend returned '", NoClocks)]
    [InlineData(PlantedBug.ForgottenReservations, "TakeSnapshot returned '", NoClocks)]
    public void Replicas_with_other_states_are_found_in_ten_seeds(PlantedBug bug, string found, string cause)
    {
        var failure = Enumerable.Range(1, 10).Select(seed => Run(bug, seed)).First(message => message is not null);

        Assert.Matches($"^Seed \\d+ fails: {found}", failure);
        Assert.Contains(cause, failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Replicas_whose_dictionaries_are_in_another_order_are_equal() =>
        Assert.All(Enumerable.Range(1, 3), seed => Assert.Null(Run(PlantedBug.None, seed)));

    // Null: nothing was found.
    private static string? Run(PlantedBug bug, long seed) => Record.Exception(() => RaftSimulation.Run(seed, simulation => simulation
        .Actor(_ => new BuggyStock(bug))
        .SetUp(raft => raft.UseJson(StockJson.Default))
        .Clients(2, UseAsync)))?.Message;

    private static async Task UseAsync(SimulatedClient client)
    {
        await using var stock = client.CreateClient<int, string>();
        for (var call = 0; call < 40; call++)
        {
            await stock.AppendAsync($"{(char)('a' + client.Next(8))}", client.Next(9) - 3);
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(800)));
        }
    }

    [JsonSerializable(typeof(StockState))]
    private sealed partial class StockJson : JsonSerializerContext;
}
