using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>The entry point beside a mutant. Its parameters and result are types of the base library.</summary>
internal static class ActorMutantEntry
{
    /// <param name="workload">Its name; null: the seed decides.</param>
    public static (ulong Seed, string Checker, string What)? Run(ulong first, ulong last, string? workload)
    {
        for (var seed = first; seed <= last; seed++)
        {
            try
            {
                ActorWorkloads.RunOnce((long)seed, workload);
            }
            catch (SimulationException failure)
            {
                return (seed, failure.Kind, failure.Message);
            }
            catch (Exception failure)
            {
                return (seed, "exception", failure.Message);
            }
        }

        return null;
    }
}
