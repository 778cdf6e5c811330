using System.Text.RegularExpressions;

using RaftTrials.Faults;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>What a simulation finds of faults that make replicas differ.</summary>
public sealed partial class FaultyActorTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // A fault that shows by chance may not show in one run. A task is seen as code that leaves the simulation, or as a run that cannot be
    // repeated.
    public static TheoryData<string> Names =>
        [.. Fault.All.Where(fault => fault.Simulated != Moment.Chance).Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Replicas_are_stopped_at_the_first_pair_at_which_they_differ(string name)
    {
        var fault = Fault.All.Single(each => each.Name == name);

        // In seed 2 a node restores a snapshot before the last pairs.
        const long Seed = 2;
        var failure = Record.Exception(() => RaftSimulation.Run(Seed, simulation => SetUp(fault, simulation)));

        switch (fault.Simulated)
        {
            case Moment.Never:
                Assert.Null(failure);
                break;
            default:
                var serial = fault.Simulated == Moment.FirstBad ? $"{Faulty.FirstBad}" : "[0-9]+";
                Assert.Matches(
                    $"^Seed {Seed} fails: HandleAppend returned '.*' on n[123] and '.*' on n[123] for serial {serial} ",
                    failure?.Message);
                var suspect = Suspects().Match(failure!.Message).Groups[1].Value; // Justification: it matches.
                Assert.Equal(fault.Suspect, suspect.StartsWith($"{fault.Actor.Name}.", StringComparison.Ordinal) ? suspect : null);
                break;
        }
    }

    private static void SetUp(Fault fault, RaftSimulation simulation)
    {
        var pairs = fault.Simulated == Moment.Restore ? 150 : 5;
        simulation
            .Actor(_ => fault.Create())
            .Config("raft.snapshot.after-entries = 20")
            .Faults(fault.Simulated == Moment.Restore ? SimulationFaults.Crashes : SimulationFaults.None)
            .For(TimeSpan.FromSeconds(fault.Simulated == Moment.Restore ? 30 : 5))
            .Clients(1, async client =>
            {
                await using var faulty = client.CreateClient<string, string>();
                for (var pair = 1; pair <= pairs; pair++)
                {
                    await faulty.AppendAsync("pair", $"v{pair}");
                    await client.Delay(Pause);
                }
            });
    }

    [GeneratedRegex("These places may be the cause:\n  (.*)\n")]
    private static partial Regex Suspects();
}
