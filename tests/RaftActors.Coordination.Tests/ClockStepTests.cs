using RaftActors.Testing.Simulation;

namespace RaftActors.Coordination.Tests;

/// <summary>Sessions and items of a group whose leaders get another time of day.</summary>
public sealed class ClockStepTests
{
    private static readonly CoordinationSettings Settings = new(
        "simulated",
        ["simulated@n1", "simulated@n2", "simulated@n3"],
        "simulated@n1",
        SessionTimeout: TimeSpan.FromSeconds(10),
        RenewInterval: TimeSpan.FromSeconds(1),
        ClockDrift: 0.05);

    private long _claims;

    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, Share.Of(1, 2, 3)).Select(seed => (long)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Leader_whose_wall_clock_jumps_by_an_hour_ends_only_what_nobody_renews(long seed)
    {
        RaftSimulation
            .Of(simulation => simulation
                .Actor(_ => new CoordinationActor(Settings), "simulated")
                .For(TimeSpan.FromSeconds(20))
                .Clients(1, RunAsync))
            .RunOnce(new World(seed), [Step(seconds: 5, by: 1), Step(seconds: 10, by: -1), Step(seconds: 15, by: 1)]);
    }

    private static PlannedFault Step(int seconds, int by) => new(
        SimulationFaults.ClockSteps, TimeSpan.FromSeconds(seconds), TimeSpan.FromHours(by), IsOfLeader: true, [0], PartitionShape.Whole);

    private async Task RunAsync(SimulatedClient client)
    {
        await using var group = client.CreateClient(
            RaftCodec.Json(CoordinationJson.Default.Command), RaftCodec.Json(CoordinationJson.Default.Answer));
        var renewed = await OpenAsync(seconds: 2);
        await AppendAsync("kept", new Command.Put("", null, 0, TimeSpan.FromSeconds(60)));
        while (client.Now < TimeSpan.FromSeconds(20))
        {
            var (begun, dead) = (client.Now, await OpenAsync(seconds: 3));
            while (client.Now < begun + TimeSpan.FromSeconds(4))
            {
                await client.Delay(TimeSpan.FromSeconds(0.5));
                Assert.Equal(new Answer.Done(), (await AppendAsync("", new Command.Renew(renewed))).Answer);
                var answer = (await AppendAsync("", new Command.Release(dead, ++_claims))).Answer;
                if (client.Now < begun + TimeSpan.FromSeconds(2.9))
                {
                    Assert.Equal(new Answer.Done(), answer);
                }
            }

            Assert.Equal(new Answer.NoSession(), (await AppendAsync("", new Command.Close(dead))).Answer);
        }

        Assert.Equal(new Answer.Done(), (await AppendAsync("kept", new Command.Delete(null))).Answer);

        async Task<long> OpenAsync(int seconds) =>
            (await AppendAsync("a", new Command.Open(TimeSpan.FromSeconds(seconds)))).Serial;

        async Task<(long Serial, Answer? Answer)> AppendAsync(string name, Command command)
        {
            var done = (await group.AppendAsync(name, command)).OrThrow();
            return (done.Serial.Value, done.Result);
        }
    }
}
