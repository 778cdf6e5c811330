using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>The entry point beside a mutant. Its parameters and result are types of the base library.</summary>
internal static class ActorMutantEntry
{
    public static (ulong Seed, string Checker, string What)? Run(ulong first, ulong last)
    {
        for (var seed = first; seed <= last; seed++)
        {
            try
            {
                ActorWorkloads.RunOnce((long)seed);
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
