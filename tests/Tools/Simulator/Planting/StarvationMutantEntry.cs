namespace RaftActors.Simulator;

/// <summary>
/// The entry point for starved groups in the assembly of a mutant. Its parameters and result are types of the base library.
/// </summary>
internal static class StarvationMutantEntry
{
    public static (ulong Seed, string Checker, string What)? Run(ulong first, ulong last)
    {
        for (var seed = first; seed <= last; seed++)
        {
            try
            {
                StarvationTrial.Run(seed);
            }
            catch (Violation violation)
            {
                return (seed, violation.Checker, violation.Message);
            }
        }

        return null;
    }
}
