using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>The workloads of simulated actors. The seed decides which one runs.</summary>
internal static class ActorWorkloads
{
    /// <summary>Runs a seed.</summary>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static SimulationResult Run(long seed) => RaftSimulation.Run(seed, simulation => SetUp(seed, simulation));

    /// <summary>Runs a seed. If it fails, it is not run again with fewer faults.</summary>
    /// <param name="trace">Gets a line for each event; null: nobody reads them.</param>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static SimulationResult RunOnce(long seed, TextWriter? trace = null)
    {
        World world = new(seed);
        world.Trace.Output = trace;
        var simulation = RaftSimulation.Of(simulation => SetUp(seed, simulation));
        return simulation.RunOnce(world, PlannedFault.Plan(seed, simulation.Kinds, simulation.NodeCount, simulation.Duration));
    }

    private static void SetUp(long seed, RaftSimulation simulation)
    {
        switch (seed % 4)
        {
            case 0:
                EntitiesWorkload.SetUp(seed, simulation);
                break;
            case 2:
                CoordinationWorkload.SetUp(seed, simulation);
                break;
            default:
                SumsWorkload.SetUp(seed, simulation);
                break;
        }
    }
}
