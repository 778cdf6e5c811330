using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>The workloads of simulated actors. The seed decides which one runs.</summary>
internal static class ActorWorkloads
{
    private const int EntitiesEvery = 4;

    /// <summary>Runs a seed.</summary>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static SimulationResult Run(long seed) => RaftSimulation.Run(seed, simulation => SetUp(seed, simulation));

    /// <summary>Runs a seed. If it fails, it is not run again with fewer faults.</summary>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static void RunOnce(long seed)
    {
        var simulation = RaftSimulation.Of(simulation => SetUp(seed, simulation));
        simulation.RunOnce(new World(seed), PlannedFault.Plan(seed, simulation.Kinds, simulation.NodeCount, simulation.Duration));
    }

    private static void SetUp(long seed, RaftSimulation simulation)
    {
        if (seed % EntitiesEvery == 0)
        {
            EntitiesWorkload.SetUp(seed, simulation);
        }
        else
        {
            SumsWorkload.SetUp(seed, simulation);
        }
    }
}
