using System.Globalization;

using RaftActors.Testing.Simulation;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>
/// The product itself in the simulation: 10 seeds, or those of <c>RAFTACTORS_SIMULATION_SEEDS=FIRST..LAST</c>.
/// </summary>
public sealed class WorkloadTests
{
    [Fact]
    public void Sums_are_linearizable_under_all_faults()
    {
        for (var (seed, last) = Seeds(); seed <= last; seed++)
        {
            RaftSimulation.Run(seed, simulation => SumsWorkload.SetUp(simulation.Nodes(3 + (int)(seed % 3))));
        }
    }

    private static (long First, long Last) Seeds()
    {
        var range = (Environment.GetEnvironmentVariable("RAFTACTORS_SIMULATION_SEEDS") ?? "1..10").Split("..");
        return (long.Parse(range[0], CultureInfo.InvariantCulture), long.Parse(range[1], CultureInfo.InvariantCulture));
    }
}
